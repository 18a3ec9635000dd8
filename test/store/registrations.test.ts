import { systemClock } from '../../core/clock.ts'
import type { DeviceId } from '../../core/ids.ts'
import { silentLogger } from '../../core/logger.ts'
import { bindingKey, type Binding } from '../../store/binding.ts'
import type { Database } from '../../store/database.ts'
import { RegistrationWriter } from '../../store/registration-writer.ts'
import { onBothDatabases } from './on-both-databases.ts'

async function aDevice({ users, devices }: Database) {
  const user = await users.create({ name: 'Alice', extension: '1001' })
  return devices.create({ userId: user.id, label: 'Desk', kind: 'desk', sipUsername: 'a1', sipPassword: 'x' })
}

async function bindingOf(database: Database): Promise<Binding> {
  const device = await aDevice(database)
  return {
    deviceId: device.id,
    userId: device.userId,
    contact: 'sip:a1@192.0.2.1:5060;transport=udp',
    callId: `"quoted", {odd}' ? \\ 🙂`,
    cseq: 4_294_967_295,
    instanceId: undefined,
    regId: undefined,
    q: 0.7,
    path: ['<sip:p1.example;lr>', '<sip:p2.example;lr>'],
    transport: 'udp',
    remoteAddress: '2001:db8::1',
    remotePort: 5060,
    localPoint: 'udp:192.0.2.9:5060',
    userAgent: 'baresip v1.0.0',
    expiresAtMs: 1_800_000_000_000,
    registeredAtMs: 1_790_000_000_000,
  }
}

onBothDatabases(async (t, fresh) => {
  await t.test('bindings come back as they were stored, and are replaced by key', async (t) => {
    const database = await (await fresh(t)).open()
    const { registrations } = database
    const first = await bindingOf(database)
    const outbound: Binding = { ...first, instanceId: '<urn:uuid:1>', regId: 1, localPoint: undefined, path: [] }
    await registrations.upsertMany([first, outbound])
    t.same(new Set(await registrations.listAll()), new Set([first, outbound]))

    const refreshed = { ...first, cseq: 2, expiresAtMs: 1_900_000_000_000 }
    const moved = { ...outbound, contact: 'sip:a1@198.51.100.7:31000', remotePort: 31_000, instanceId: '<urn:uuid:1>' }
    await registrations.upsertMany([first, moved, refreshed])
    t.same(new Set(await registrations.listAll()), new Set([refreshed, moved]))

    await registrations.removeMany([bindingKey(moved), bindingKey({ ...moved, regId: 2 })])
    t.same(await registrations.listAll(), [refreshed])
    await registrations.upsertMany([])
    await registrations.removeMany([])
    t.equal(await registrations.removeExpired(1_899_999_999_999), 0)
    t.equal(await registrations.removeExpired(1_900_000_000_000), 1)
  })

  await t.test('a binding of a device that is gone is left out, the others are stored', async (t) => {
    const database = await (await fresh(t)).open()
    const { registrations, devices } = database
    const binding = await bindingOf(database)
    await registrations.upsertMany([{ ...binding, deviceId: 'dev_gone' as DeviceId }, binding])
    t.same(await registrations.listAll(), [binding])
    await devices.remove(binding.deviceId)
    t.same(await registrations.listAll(), [])
    await registrations.upsertMany([binding])
    t.same(await registrations.listAll(), [])
  })

  await t.test('a thousand bindings at once, and twice in the opposite order at the same time', async (t) => {
    const database = await (await fresh(t)).open()
    const binding = await bindingOf(database)
    const many = Array.from({ length: 1_000 }, (_, n) => ({ ...binding, contact: `sip:a1@192.0.2.1:${n}` }))
    const { registrations } = database
    await Promise.all([registrations.upsertMany(many), registrations.upsertMany([...many].reverse())])
    t.equal((await registrations.listAll()).length, 1_000)
    await registrations.removeMany(many.map(bindingKey))
    t.same(await registrations.listAll(), [])
  })

  await t.test('the writer on a real database', async (t) => {
    const database = await (await fresh(t)).open()
    const binding = await bindingOf(database)
    const { registrations } = database
    const writer = new RegistrationWriter({ registrations, clock: systemClock, logger: silentLogger })
    const many = Array.from({ length: 200 }, (_, n) => ({ ...binding, contact: `sip:a1@192.0.2.1:${n}` }))
    await Promise.all(many.map((one) => writer.write(one)))
    t.equal((await registrations.listAll()).length, 200)
    t.ok(writer.stats.batches <= 3, `${writer.stats.batches} batches`)
    await writer.remove(many[0]!)
    writer.writeLater({ ...many[1]!, cseq: 7 })
    await writer.close()
    const stored = await registrations.listAll()
    t.equal(stored.length, 199)
    t.equal(stored.find(({ contact }) => contact === many[1]!.contact)?.cseq, 7)
  })

  await t.test('the writer gets the others through when the database refuses one', async (t) => {
    const { kind, open } = await fresh(t)
    const database = await open()
    const binding = await bindingOf(database)
    const { registrations } = database
    const writer = new RegistrationWriter({ registrations, clock: systemClock, logger: silentLogger })
    t.teardown(() => writer.close())
    const bad = writer.write({ ...binding, contact: 'sip:bad@x', userAgent: 'nul \u0000' })
    const good = writer.write(binding)
    const [refused, stored] = await Promise.allSettled([bad, good])
    // SQLite takes any text, PostgreSQL no NUL.
    t.equal(refused.status, kind === 'sqlite' ? 'fulfilled' : 'rejected')
    t.equal(stored.status, 'fulfilled')
    t.ok((await registrations.listAll()).some(({ contact }) => contact === binding.contact))
  })
})
