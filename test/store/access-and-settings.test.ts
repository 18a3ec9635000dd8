import { z } from 'zod'
import type { SessionId, UserId } from '../../core/ids.ts'
import type { AuditEntry } from '../../store/audit-log.ts'
import type { Page } from '../../store/page.ts'
import { hashToken, newToken } from '../../store/token.ts'
import { onBothDatabases } from './on-both-databases.ts'

onBothDatabases(async (t, fresh) => {
  await t.test('sessions are found by the hash of their token until they expire', async (t) => {
    const { open, clock } = await fresh(t)
    const { users, sessions } = await open()
    const { id: userId } = await users.create({ name: 'Alice', extension: '1001' })
    const { token, tokenHash } = newToken('session')
    const expiresAtMs = clock.now() + 60_000
    const session = await sessions.create({ userId, tokenHash, expiresAtMs, address: '::1', userAgent: 'curl' })
    t.match(session, { id: /^ses_/, userId, createdAtMs: clock.now(), lastUsedAtMs: clock.now() })
    t.same(await sessions.findByTokenHash(hashToken(token)), session)
    t.equal(await sessions.findByTokenHash(token), undefined)

    await clock.advance(59_999)
    await sessions.touch(session.id)
    t.equal((await sessions.findByTokenHash(tokenHash))?.lastUsedAtMs, clock.now())
    await clock.advance(1)
    t.equal(await sessions.findByTokenHash(tokenHash), undefined)
    await sessions.touch(session.id, clock.now() + 60_000)
    t.equal((await sessions.findByTokenHash(tokenHash))?.expiresAtMs, clock.now() + 60_000)
    t.equal(await sessions.removeExpired(clock.now()), 0)
    t.equal(await sessions.removeExpired(clock.now() + 60_000), 1)
    t.equal(await sessions.remove(session.id), false)
  })

  await t.test('all sessions of a user end but one', async (t) => {
    const { open, clock } = await fresh(t)
    const { users, sessions } = await open()
    const { id: userId } = await users.create({ name: 'Alice', extension: '1001' })
    const ids: SessionId[] = []
    for (const tokenHash of ['a', 'b', 'c']) {
      const session = { userId, tokenHash, expiresAtMs: clock.now() + 1, address: '', userAgent: '' }
      ids.push((await sessions.create(session)).id)
    }
    t.same(
      (await sessions.listByUser(userId)).map(({ id }) => id),
      ids,
    )
    t.equal(await sessions.removeByUser(userId, ids[1]), 2)
    t.same(
      (await sessions.listByUser(userId)).map(({ id }) => id),
      [ids[1]],
    )
    t.equal(await sessions.remove(ids[1]!), true)
    t.equal(await sessions.removeByUser(userId), 0)
  })

  await t.test('API keys', async (t) => {
    const { open, clock } = await fresh(t)
    const { apiKeys } = await open()
    const lasting = await apiKeys.create({
      name: 'CRM',
      tokenHash: 'a',
      role: 'admin',
      scope: 'write',
      createdBy: 'usr_1' as UserId,
    })
    await clock.advance(1)
    const brief = await apiKeys.create({
      name: 'Job',
      tokenHash: 'b',
      role: 'user',
      scope: 'read',
      expiresAtMs: clock.now() + 10,
    })
    t.match(lasting, {
      id: /^key_/,
      name: 'CRM',
      role: 'admin',
      scope: 'write',
      createdBy: 'usr_1',
      expiresAtMs: undefined,
    })
    t.same((await apiKeys.list({ limit: 5 })).items, [brief, lasting])
    await apiKeys.touch(lasting.id)
    t.equal((await apiKeys.find(lasting.id))?.lastUsedAtMs, clock.now())
    t.equal((await apiKeys.findByTokenHash('b'))?.id, brief.id)
    await clock.advance(10)
    t.equal(await apiKeys.findByTokenHash('b'), undefined)
    t.equal((await apiKeys.findByTokenHash('a'))?.id, lasting.id)
    t.equal(await apiKeys.remove(lasting.id), true)
    t.equal(await apiKeys.remove(lasting.id), false)
    t.equal(await apiKeys.findByTokenHash('a'), undefined)
  })

  await t.test('a request that must not be done twice is begun by one of many, on whichever node', async (t) => {
    const { open, clock } = await fresh(t)
    const nodes = [await open(), await open()]
    const tries = Array.from({ length: 10 }, (_, n) => nodes[n % 2]!.idempotencyKeys.begin('k', 'one'))
    const kinds = (await Promise.all(tries)).map(({ kind }) => kind)
    t.same(kinds.sort(), ['new', ...Array.from({ length: 9 }, () => 'running')])
    await nodes[0]!.idempotencyKeys.complete('k', 'done')
    t.same(await nodes[1]!.idempotencyKeys.begin('k', 'one'), { kind: 'answered', answer: 'done' })
    t.same(await nodes[1]!.idempotencyKeys.begin('k', 'two'), { kind: 'other-request' })
    await clock.advance(24 * 3_600_000)
    t.equal(await nodes[1]!.idempotencyKeys.removeExpired(), 1)
  })

  await t.test('settings are JSON by key, checked when they are read', async (t) => {
    const database = await (await fresh(t)).open()
    const { settings } = database
    const seen: string[] = []
    database.changes.on('setting', (key) => seen.push(key))
    const schema = z.object({ days: z.number() })
    t.equal(await settings.get('retention', schema), undefined)
    await settings.set('retention', { days: 30 })
    await settings.set('retention', { days: 60 })
    t.same(await settings.get('retention', schema), { days: 60 })
    await t.rejects(settings.get('retention', z.string()), { code: 'corrupt-row' })
    t.equal(await settings.setOnce('retention', 1), false)
    const tries = await Promise.all([1, 2, 3].map((value) => settings.setOnce('first', value)))
    t.equal(tries.filter(Boolean).length, 1)
    t.ok((await settings.keys()).includes('first'))
    t.equal(await settings.remove('first'), true)
    t.equal(await settings.remove('first'), false)
    t.same(seen, ['retention', 'retention', 'first', 'first'])
  })

  await t.test('the audit log keeps what was done and is read newest first', async (t) => {
    const { auditLog } = await (await fresh(t)).open()
    const target = { targetKind: 'user', targetId: 'usr_2' }
    await auditLog.append({ atMs: 1, actorId: 'usr_1', action: 'user.create', ...target, after: { name: 'Bob' } })
    await auditLog.append({
      atMs: 2,
      actorId: 'usr_1',
      action: 'user.update',
      ...target,
      before: 'a',
      after: null,
      address: '::1',
    })
    await auditLog.append({
      atMs: 3,
      actorId: 'system',
      action: 'device.remove',
      targetKind: 'device',
      targetId: 'dev_1',
    })
    const actions = ({ items }: Page<AuditEntry>) => items.map(({ action }) => action)
    const all = await auditLog.list({ limit: 2 })
    t.same(actions(all), ['device.remove', 'user.update'])
    t.match(all.items[1], { id: /^aud_/, before: 'a', after: null, address: '::1' })
    const rest = await auditLog.list({ limit: 2, cursor: all.next })
    t.match(rest.items, [{ after: { name: 'Bob' }, before: undefined, address: undefined }])
    t.same(actions(await auditLog.list({ limit: 9, actorId: 'usr_1' })), ['user.update', 'user.create'])
    t.same(actions(await auditLog.list({ limit: 9, ...target })), ['user.update', 'user.create'])
    t.same(actions(await auditLog.list({ limit: 9, targetKind: 'device' })), ['device.remove'])
  })
})
