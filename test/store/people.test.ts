import type { DeviceId, UserId } from '../../core/ids.ts'
import type { Database } from '../../store/database.ts'
import type { Page } from '../../store/page.ts'
import type { NewUser, User } from '../../store/user.ts'
import { onBothDatabases } from './on-both-databases.ts'

const nobody = 'usr_nobody' as UserId

function alice(more: Partial<NewUser> = {}): NewUser {
  return { name: 'Alice Ångström', extension: '1001', email: 'Alice@Example.org', ...more }
}

function newDevice(userId: UserId, sipUsername: string) {
  return { userId, label: 'Desk', kind: 'desk', sipUsername, sipPassword: 'geheim' } as const
}

async function everyPage(list: (cursor: string | undefined) => Promise<Page<User>>): Promise<string[][]> {
  const pages: string[][] = []
  let cursor: string | undefined
  do {
    const page = await list(cursor)
    pages.push(page.items.map(({ extension }) => extension))
    cursor = page.next
  } while (cursor !== undefined)
  return pages
}

async function changesOf(database: Database, work: () => Promise<unknown>): Promise<string[]> {
  const seen: string[] = []
  const offs = [
    database.changes.on('user', (id) => seen.push(`user ${id}`)),
    database.changes.on('device', (id, userId) => seen.push(`device ${id} ${userId}`)),
    database.changes.on('extension', (number) => seen.push(`extension ${number}`)),
  ]
  await work()
  for (const off of offs) off()
  return seen
}

onBothDatabases(async (t, fresh) => {
  await t.test('a user is created with defaults and found by id, extension and login', async (t) => {
    const { open, clock } = await fresh(t)
    const { users, extensions } = await open()
    const user = await users.create(alice({ passwordHash: 'x', timeZone: 'Europe/Stockholm' }))
    t.match(user, {
      id: /^usr_/,
      name: 'Alice Ångström',
      email: 'alice@example.org',
      extension: '1001',
      role: 'user',
      passwordHash: 'x',
      timeZone: 'Europe/Stockholm',
      mobile: undefined,
      plan: undefined,
      callHandling: { strategy: 'desk-only', ringSeconds: 20 },
      createdAtMs: clock.now(),
      updatedAtMs: clock.now(),
      version: 1,
    })
    t.same(await users.find(user.id), user)
    t.same(await users.findByExtension('1001'), user)
    t.same(await users.findByLogin('1001'), user)
    t.same(await users.findByLogin(' ALICE@example.ORG '), user)
    t.same(await extensions.find('1001'), { number: '1001', kind: 'user', targetId: user.id })
    t.equal(await users.find(nobody), undefined)
    t.equal(await users.findByLogin('nobody'), undefined)
    t.equal(await extensions.find('1002'), undefined)
    t.equal(await users.count(), 1)
  })

  await t.test('what must be unique is refused by name, and nothing of the user stays', async (t) => {
    const { open } = await fresh(t)
    const { users, extensions } = await open()
    await users.create(alice())
    await t.rejects(users.create({ name: 'B', extension: '1001' }), { name: 'ExtensionTaken', code: 'extension-taken' })
    await t.rejects(users.create(alice({ extension: '1002' })), { name: 'EmailTaken', code: 'email-taken' })
    t.equal(await users.count(), 1)
    t.equal(await extensions.find('1002'), undefined)
    const bob = await users.create({ name: 'Bob', extension: '1002' })
    await t.rejects(users.update(bob.id, { extension: '1001' }), { code: 'extension-taken', value: '1001' })
    await t.rejects(users.update(bob.id, { email: 'alice@example.org' }), { code: 'email-taken' })
    t.same(await users.find(bob.id), bob)
    t.equal((await extensions.find('1001'))?.targetId === bob.id, false)
  })

  await t.test('of many who want one extension at once exactly one gets it', async (t) => {
    const database = await fresh(t)
    const stores = [await database.open(), await database.open()]
    const tries = Array.from({ length: 20 }, (_, n) =>
      stores[n % 2]!.users.create({ name: `n${n}`, extension: '1001' }),
    )
    const results = await Promise.allSettled(tries)
    const refused = results.filter((result) => result.status === 'rejected')
    t.equal(refused.length, 19)
    for (const { reason } of refused) t.match(reason, { code: 'extension-taken' })
    t.equal(await stores[0]!.users.count(), 1)
    t.equal((await stores[0]!.extensions.listAll()).length, 1)
  })

  await t.test('an update changes what it names, null clears, the version grows', async (t) => {
    const { open, clock } = await fresh(t)
    const { users, extensions } = await open()
    const before = await users.create(alice({ mobile: '+46700000000' }))
    await clock.advance(1_000)
    const businessHours = {
      days: [...Array.from({ length: 5 }, () => [{ opens: '09:00', closes: '17:00' }]), [], []],
      afterHours: { strategy: 'mobile-only' as const, ringSeconds: 30 },
    }
    const callHandling = { strategy: 'both' as const, ringSeconds: 15, businessHours }
    const after = await users.update(before.id, { mobile: null, role: 'admin', extension: '2001', callHandling })
    t.same(after, {
      ...before,
      mobile: undefined,
      role: 'admin',
      extension: '2001',
      callHandling,
      version: 2,
      updatedAtMs: clock.now(),
    })
    t.same(await users.find(before.id), after)
    t.equal(await extensions.find('1001'), undefined)
    t.equal((await extensions.find('2001'))?.targetId, before.id)
  })

  await t.test('an update on an older version is refused', async (t) => {
    const { users } = await (await fresh(t)).open()
    const { id } = await users.create(alice())
    await users.update(id, { name: 'First' }, { ifVersion: 1 })
    await t.rejects(users.update(id, { name: 'Second' }, { ifVersion: 1 }), {
      name: 'VersionConflict',
      code: 'version-conflict',
      actualVersion: 2,
    })
    t.equal((await users.find(id))?.name, 'First')
    await t.rejects(users.update(nobody, { name: 'x' }), { code: 'not-found' })
    await t.rejects(users.update(nobody, { name: 'x' }, { ifVersion: 1 }), { code: 'not-found' })
  })

  await t.test('of two who edit the same version one wins', async (t) => {
    const { users } = await (await fresh(t)).open()
    const { id } = await users.create(alice())
    const edits = ['a', 'b', 'c', 'd'].map((name) => users.update(id, { name }, { ifVersion: 1 }))
    const results = await Promise.allSettled(edits)
    t.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
    t.equal((await users.find(id))?.version, 2)
  })

  await t.test('lists are paged by extension or name, and hold still while rows are added', async (t) => {
    const { users } = await (await fresh(t)).open()
    const names = { '10': 'Zoe', '100': 'émile', '101': 'Eva', '20': 'Änne', '9': 'anton' }
    for (const [extension, name] of Object.entries(names)) await users.create({ name, extension })
    t.same(await everyPage((cursor) => users.list({ limit: 2, cursor })), [['10', '100'], ['101', '20'], ['9']])
    t.same(await everyPage((cursor) => users.list({ limit: 5, cursor, sort: 'name' })), [
      ['20', '9', '100', '101', '10'],
    ])

    const first = await users.list({ limit: 2 })
    await users.create({ name: 'New', extension: '1' })
    await users.create({ name: 'New', extension: '1000' })
    const second = await users.list({ limit: 2, cursor: first.next })
    t.same(
      second.items.map(({ extension }) => extension),
      ['1000', '101'],
    )
  })

  await t.test(
    'a search finds names without accents and case, extensions, e-mail, and takes % literally',
    async (t) => {
      const { users } = await (await fresh(t)).open()
      await users.create(alice())
      await users.create({ name: '100% Bob_', extension: '1002' })
      const found = async (search: string) =>
        (await users.list({ limit: 9, search })).items.map(({ extension }) => extension)
      t.same(await found('ANGSTROM'), ['1001'])
      t.same(await found('100'), ['1001', '1002'])
      t.same(await found('example.org'), ['1001'])
      t.same(await found('100%'), ['1002'])
      t.same(await found('_'), ['1002'])
      t.same(await found('%'), ['1002'])
      t.same(await found('\\'), [])
      t.same(await found("' or 1=1 --"), [])
      t.same(await found('  '), ['1001', '1002'])
    },
  )

  await t.test('a cursor that was not given out is refused', async (t) => {
    const { users, voicemails } = await (await fresh(t)).open()
    const foreign = Buffer.from(JSON.stringify([1, 'usr_1'])).toString('base64url')
    for (const cursor of ['', 'x', 'e30', foreign]) {
      await t.rejects(users.list({ limit: 2, cursor }), { code: 'invalid-cursor' }, cursor)
    }
    const text = Buffer.from(JSON.stringify(['x', 'vm_1'])).toString('base64url')
    await t.rejects(voicemails.list({ limit: 2, cursor: text }), { code: 'invalid-cursor' })
  })

  await t.test(
    'a removed user takes along devices, registrations, sessions and voicemails, and names the files',
    async (t) => {
      const database = await (await fresh(t)).open()
      const { users, devices, extensions, voicemails, sessions } = database
      const user = await users.create(alice())
      const device = await devices.create(newDevice(user.id, 'a1'))
      const message = { fromNumber: '1', fromName: '', durationMs: 1, bytes: 1, receivedAtMs: 1 }
      const voicemail = await voicemails.create({ ...message, userId: user.id, file: 'voicemail/a.wav' })
      const session = { userId: user.id, tokenHash: 'h', address: '::1', userAgent: '', expiresAtMs: 2 ** 50 }
      await sessions.create(session)
      const changes = await changesOf(database, async () => {
        t.same(await users.remove(user.id), { voicemailFiles: ['voicemail/a.wav'] })
      })
      t.same(changes, [`device ${device.id} ${user.id}`, 'extension 1001', `user ${user.id}`])
      t.equal(await users.find(user.id), undefined)
      t.equal(await devices.find(device.id), undefined)
      t.equal(await extensions.find('1001'), undefined)
      t.equal(await voicemails.find(voicemail.id), undefined)
      t.equal(await sessions.findByTokenHash('h'), undefined)
      t.equal(await users.remove(user.id), undefined)
      t.equal((await users.create(alice())).extension, '1001')
    },
  )

  await t.test('a device has its password encrypted, and only its credential shows it', async (t) => {
    const { open } = await fresh(t)
    const database = await open()
    const { users, devices } = database
    const user = await users.create(alice())
    const device = await devices.create({ ...newDevice(user.id, 'a1'), mac: '00-15-65-AA-BB-CC', model: 'T46U' })
    t.match(device, { id: /^dev_/, userId: user.id, kind: 'desk', mac: '001565aabbcc', model: 'T46U', version: 1 })
    t.notMatch(JSON.stringify(device), 'geheim')
    const credential = { deviceId: device.id, userId: user.id, sipUsername: 'a1', sipPassword: 'geheim' }
    t.same(await devices.credential(device.id), credential)
    t.same(await devices.credentials(), [credential])
    t.same(await devices.find(device.id), device)
    t.same(await devices.findBySipUsername('a1'), device)
    t.equal(await devices.findBySipUsername('A1'), undefined)
    t.equal(await devices.credential('dev_x' as DeviceId), undefined)
    const again = await open()
    t.same(await again.devices.credentials(), [credential])
  })

  await t.test('devices: unique names, updates, lists, removal', async (t) => {
    const database = await (await fresh(t)).open()
    const { users, devices } = database
    const user = await users.create(alice())
    const first = await devices.create(newDevice(user.id, 'a1'))
    await t.rejects(devices.create(newDevice(user.id, 'a1')), { code: 'sip-username-taken' })
    await t.rejects(devices.create(newDevice(nobody, 'a2')), { code: 'not-found' })
    const second = await devices.create({ ...newDevice(user.id, 'a2'), label: 'Browser', kind: 'web' })
    t.same(await devices.listByUser(user.id), [first, second])
    t.same((await devices.list({ limit: 1 })).items, [second])
    t.equal(await devices.count(), 2)

    const changed = await devices.update(first.id, { label: 'Lobby', sipPassword: 'neu' }, { ifVersion: 1 })
    t.match(changed, { label: 'Lobby', version: 2 })
    t.equal((await devices.credential(first.id))?.sipPassword, 'neu')
    await t.rejects(devices.update(first.id, { label: 'x' }, { ifVersion: 1 }), { code: 'version-conflict' })

    const changes = await changesOf(database, async () => t.equal(await devices.remove(first.id), true))
    t.same(changes, [`device ${first.id} ${user.id}`])
    t.equal(await devices.remove(first.id), false)
    t.same(await devices.listByUser(user.id), [second])
  })
})
