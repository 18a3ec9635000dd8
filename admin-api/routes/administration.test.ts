import { test } from 'tap'
import type { DeviceId, UserId } from '../../core/ids.ts'
import type { ApiKeyView } from '../contracts/api-keys.ts'
import type { AuditEntryView } from '../contracts/audit-log.ts'
import type { RegistrationView } from '../contracts/registrations.ts'
import type { SettingsView } from '../contracts/settings.ts'
import type { UserView } from '../contracts/users.ts'
import { TestApi, type Page } from '../test-api.ts'

void test('an API key is told once, works until it is revoked or expires', async (t) => {
  const api = await TestApi.start(t)
  const body = { name: 'Monitoring', scope: 'read', role: 'supervisor', expiresAt: '2026-01-06T10:00:00+01:00' }
  const created = await api.call<ApiKeyView & { key: string }>('POST', '/api-keys', body)
  t.equal(created.status, 201)
  const { key: token, id } = created.json
  t.match(token, /^stk_[\w-]{43}$/)
  t.match(created.json, {
    name: 'Monitoring',
    scope: 'read',
    role: 'supervisor',
    expiresAt: '2026-01-06T09:00:00.000Z',
  })
  t.equal((await api.call('GET', '/users', undefined, { token })).status, 200)
  const list = await api.call<Page<ApiKeyView>>('GET', '/api-keys')
  t.notMatch(list.text, token)
  t.equal(list.json.items[0]?.lastUsedAt, '2026-01-05T09:00:00.000Z')
  await api.clock.advance(24 * 3_600_000)
  t.equal((await api.call('GET', '/users', undefined, { token })).status, 401, 'it has expired')

  const lasting = await api.ask<ApiKeyView & { key: string }>('POST', '/api-keys', { name: 'x', scope: 'write' })
  t.equal((await api.call('DELETE', `/api-keys/${lasting.id}`)).status, 204)
  t.equal((await api.call('GET', '/users', undefined, { token: lasting.key })).status, 401)
  t.equal((await api.call('DELETE', `/api-keys/${lasting.id}`)).status, 404)
  t.equal((await api.call('DELETE', `/api-keys/${id}`)).status, 204)

  const refused: readonly (readonly [field: string, value: unknown])[] = [
    ['name', ''],
    ['name', 5],
    ['scope', 'all'],
    ['scope', undefined],
    ['role', 'user'],
    ['expiresAt', 'tomorrow'],
    ['expiresAt', '2020-01-01T00:00:00Z'],
    ['key', 'mine'],
  ]
  for (const [field, value] of refused) {
    const answer = await api.call('POST', '/api-keys', { name: 'x', scope: 'read', [field]: value })
    t.equal(answer.status, 400, `${field} ${JSON.stringify(value)}`)
    t.equal(answer.json.errors?.[0]?.path, field)
  }
})

void test('settings have defaults and reach what they are for', async (t) => {
  const api = await TestApi.start(t)
  const defaults = { sessionDays: 30, newUserRingSeconds: 20, newUserTimeZone: null }
  t.strictSame(await api.ask<SettingsView>('GET', '/settings'), defaults)
  const changed = { newUserRingSeconds: 35, newUserTimeZone: 'Asia/Tokyo' }
  t.strictSame(await api.ask<SettingsView>('PATCH', '/settings', changed), { ...defaults, ...changed })
  const alice = await api.ask<UserView>('POST', '/users', { name: 'Alice', extension: '1001' })
  t.equal(alice.callHandling.ringSeconds, 35)
  t.equal(alice.timeZone, 'Asia/Tokyo')
  for (const [field, value] of [
    ['sessionDays', 0],
    ['sessionDays', 366],
    ['newUserRingSeconds', '20'],
    ['newUserTimeZone', 'Mars/Olympus'],
    ['secret-key-check', 'x'],
  ] as const) {
    const refused = await api.call('PATCH', '/settings', { [field]: value })
    t.equal(refused.status, 400, field)
    t.equal(refused.json.errors?.[0]?.path, field)
  }
})

void test('every change is in the audit log, without secrets', async (t) => {
  const api = await TestApi.start(t)
  const alice = await api.ask<UserView>('POST', '/users', {
    name: 'Alice',
    extension: '1001',
    password: 'twelve monkeys',
  })
  await api.clock.advance(1000)
  await api.ask('PATCH', `/users/${alice.id}`, { name: 'Ann' })
  await api.clock.advance(1000)
  await api.ask('DELETE', `/users/${alice.id}`, undefined, { token: api.localKey })
  const log = await api.call<Page<AuditEntryView>>('GET', `/audit-log?targetId=${alice.id}`)
  const owner = (await api.ask<{ user: UserView }>('GET', '/sessions/current')).user
  t.match(log.json.items, [
    { action: 'user.delete', actorId: 'local', before: { name: 'Ann' }, after: null },
    {
      action: 'user.update',
      actorId: owner.id,
      before: { name: 'Alice' },
      after: { name: 'Ann' },
      address: '127.0.0.1',
    },
    { action: 'user.create', actorId: owner.id, before: null, after: { name: 'Alice', hasPassword: true } },
  ])
  t.notMatch(log.text, /argon2|twelve/)
  const page = await api.ask<Page<AuditEntryView>>('GET', `/audit-log?actorId=${owner.id}&targetKind=user&limit=1`)
  t.strictSame(
    page.items.map(({ action }) => action),
    ['user.update'],
  )
  t.not(page.next, null)

  await api.call('PATCH', `/users/${owner.id}`, { role: 'user' })
  const after = await api.ask<Page<AuditEntryView>>('GET', `/audit-log?targetId=${owner.id}`)
  t.strictSame(
    after.items.map(({ action }) => action),
    ['user.create'],
    'what was refused is no change',
  )
})

void test('registrations', async (t) => {
  const api = await TestApi.start(t)
  const alice = await api.person('1001')
  const bob = await api.person('1002')
  for (const [at, { id }] of [alice, bob].entries()) {
    api.live.bindings.push({
      deviceId: `dev_${String(at).repeat(26)}` as DeviceId,
      userId: id as UserId,
      contact: 'sip:1001@192.0.2.9:5060',
      callId: 'c',
      cseq: 1,
      q: 1,
      path: [],
      transport: 'udp',
      remoteAddress: at === 0 ? '192.0.2.9' : '2001:db8::1',
      remotePort: 5060,
      userAgent: 'Yealink',
      expiresAtMs: api.clock.now() + 60_000,
      registeredAtMs: api.clock.now(),
    })
  }
  const all = await api.ask<Page<RegistrationView>>('GET', '/registrations')
  t.strictSame(
    all.items.map(({ remoteAddress }) => remoteAddress),
    ['192.0.2.9:5060', '[2001:db8::1]:5060'],
  )
  t.match(all.items[0], { contact: 'sip:1001@192.0.2.9:5060', transport: 'udp', expiresAt: '2026-01-05T09:01:00.000Z' })
  const count = async (query: string, ask = {}) =>
    (await api.ask<Page<RegistrationView>>('GET', `/registrations${query}`, undefined, ask)).items.length
  t.equal(await count(`?userId=${bob.id}`), 1)
  t.equal(await count(`?deviceId=dev_${'0'.repeat(26)}`), 1)
  t.equal(await count('', alice), 1)
})

void test('health and readiness', async (t) => {
  const api = await TestApi.start(t)
  t.strictSame((await api.call('GET', '/healthz', undefined, { token: undefined })).json, { status: 'ok' })
  api.live.checks = { database: { isOk: true }, media: { isOk: true } }
  const ready = await api.call('GET', '/readyz', undefined, { token: undefined })
  t.equal(ready.status, 200)
  t.strictSame(ready.json, { status: 'ready', checks: api.live.checks })
  api.live.checks = { database: { isOk: true }, media: { isOk: false, detail: 'the worker died' } }
  const broken = await api.call('GET', '/readyz')
  t.equal(broken.status, 503)
  t.strictSame(broken.json, { status: 'not-ready', checks: api.live.checks })
})
