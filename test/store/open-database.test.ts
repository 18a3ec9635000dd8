import { randomBytes } from 'node:crypto'
import { chmodSync } from 'node:fs'
import path from 'node:path'
import { test, type Test } from 'tap'
import { systemClock } from '../../core/clock.ts'
import type { DeviceId, UserId } from '../../core/ids.ts'
import { silentLogger } from '../../core/logger.ts'
import { connect } from '../../store/connect.ts'
import { parseDatabaseUrl } from '../../store/database-url.ts'
import { openDatabase } from '../../store/database.ts'
import { migrate } from '../../store/migrate.ts'
import { allMigrations } from '../../store/migrations/all-migrations.ts'
import type { Migration } from '../../store/migrations/migration.ts'
import { RegistrationWriter } from '../../store/registration-writer.ts'
import { freePort } from '../support/free-port.ts'
import { Postgres } from '../support/postgres.ts'
import { runScript } from './run-script.ts'
import { onBothDatabases, type FreshDatabase } from './on-both-databases.ts'

const newest = allMigrations.at(-1)?.version ?? 0

async function rawConnection(t: Test, { url, dataDir }: FreshDatabase) {
  const knex = await connect(parseDatabaseUrl(url, dataDir))
  t.teardown(() => knex.destroy())
  return knex
}

function migrateWith(knex: Awaited<ReturnType<typeof connect>>, migrations: readonly Migration[]) {
  return migrate({ knex, migrations, where: 'here', nowMs: 1 })
}

onBothDatabases(async (t, fresh) => {
  await t.test('a new database gets every step, recorded, and opening it again changes nothing', async (t) => {
    const database = await fresh(t)
    await database.open()
    await database.open()
    const knex = await rawConnection(t, database)
    const rows = await knex('schema_version').select('version', 'name').orderBy('version')
    t.same(
      rows,
      allMigrations.map(({ version, name }) => ({ version, name })),
    )
    t.same(
      allMigrations.map(({ version }) => version),
      allMigrations.map((_, at) => at + 1),
    )
  })

  await t.test('a database of the release before keeps its rows', async (t) => {
    const database = await fresh(t)
    const knex = await rawConnection(t, database)
    t.equal(await migrateWith(knex, allMigrations.slice(0, -1)), newest - 1)
    const times = { created_at_ms: 1, updated_at_ms: 2, version: 3 }
    const texts = { id: 'usr_1', name: 'Alice', name_key: 'alice', extension: '1001', role: 'admin' }
    await knex('extensions').insert({ number: '1001', kind: 'user', target_id: 'usr_1' })
    await knex('users').insert({ ...texts, ...times, call_handling: '{"strategy":"both","ringSeconds":9}' })
    await knex('api_keys').insert({ id: 'key_1', name: 'CRM', token_hash: 'h', role: 'admin', created_at_ms: 1 })
    const { users, apiKeys } = await database.open()
    t.match(await users.find('usr_1' as UserId), { name: 'Alice', callHandling: { strategy: 'both' }, version: 3 })
    t.match(await apiKeys.findByTokenHash('h'), { name: 'CRM' })
  })

  await t.test('a database of a newer release is refused in one line, and left as it is', async (t) => {
    const database = await fresh(t)
    await database.open()
    const knex = await rawConnection(t, database)
    await knex('schema_version').insert({ version: newest + 1, name: 'future', applied_at_ms: 1 })
    const error = await database.open().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    t.match(error, { name: 'DatabaseTooNew', code: 'startup-failed' })
    const { message } = error as Error
    t.match(message, `schema version ${newest + 1}, this release knows up to ${newest}`)
    t.notMatch(message, '\n')
    t.notMatch(message, 'secret@')
  })

  await t.test('a step that fails leaves the schema as it was', async (t) => {
    const database = await fresh(t)
    const knex = await rawConnection(t, database)
    await migrateWith(knex, allMigrations)
    const good: Migration = {
      version: newest + 1,
      name: 'good',
      up: async (inside) => inside.schema.createTable('extra', (table) => void table.text('id')),
    }
    const bad: Migration = {
      version: newest + 2,
      name: 'bad',
      up: async () => Promise.reject(new Error('no')),
    }
    await t.rejects(migrateWith(knex, [...allMigrations, good, bad]), { message: 'no' })
    t.equal(await knex.schema.hasTable('extra'), false)
    await database.open()
    t.equal(await migrateWith(knex, [...allMigrations, good]), newest + 1)
    t.equal(await knex.schema.hasTable('extra'), true)
  })

  await t.test('several processes that open a new database at once', async (t) => {
    const { open } = await fresh(t)
    // Fewer than Node's four I/O threads: in one process the one that waits for the lock would hold up the one that has it.
    const opened = await Promise.all([open(), open(), open()])
    await Promise.all(opened.map((database) => database.ping()))
  })

  await t.test('another key than the one its secrets were written with is refused at start', async (t) => {
    const database = await fresh(t)
    await database.open()
    const { url, dataDir } = database
    await t.rejects(openDatabase({ url, dataDir, key: randomBytes(32) }), {
      name: 'StartupError',
      message: /^secret\.key in the data directory is not the key/,
    })
    await database.open()
  })

  await t.test('a row that other hands have spoiled is named, not passed on', async (t) => {
    const database = await fresh(t)
    const { users } = await database.open()
    const { id } = await users.create({ name: 'Alice', extension: '1001' })
    const knex = await rawConnection(t, database)
    const message = /^column (role|call_handling) of a row in users is not /
    await knex('users').update({ role: 'emperor' })
    await t.rejects(users.find(id), { code: 'corrupt-row', message })
    await knex('users').update({ role: 'user', call_handling: '{"strategy":' })
    await t.rejects(users.find(id), { code: 'corrupt-row', message })
  })

  await t.test('closing twice is one close', async (t) => {
    const database = await (await fresh(t)).open()
    await Promise.all([database.close(), database.close()])
    await t.rejects(database.ping())
  })
})

void test('a database that cannot be used is named, with the reason and without a password', async (t) => {
  const dataDir = t.testdir({ file: 'text', 'not-a-database.db': 'x'.repeat(5_000), folder: {} })
  const port = await freePort()
  const cases: readonly [url: string, says: RegExp][] = [
    [`sqlite:${path.join(dataDir, 'file', 'a.db')}`, /^cannot use the database \/.*file\/a\.db: /],
    ['sqlite:/dev/null/deep/a.db', /^cannot use the database \/dev\/null\/deep\/a\.db: .*ENOTDIR/],
    ['sqlite:folder', /^cannot use the database \/.*folder: .*unable to open/],
    ['sqlite:not-a-database.db', /^cannot use the database \/.*not-a-database\.db: .*not a database/],
    [
      `postgres://me:hunter2@127.0.0.1:${port}/x`,
      /^cannot use the database postgres:\/\/me@127\.0\.0\.1:\d+\/x: .*REFUSED/,
    ],
    ['postgres://me:hunter2@nowhere.invalid/x', /^cannot use the database postgres:\/\/me@nowhere\.invalid:5432\/x: /],
  ]
  for (const [url, says] of cases) {
    const error = await openDatabase({ url, dataDir, key: randomBytes(32) }).then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    )
    t.match(error, { name: 'DatabaseUnavailable', code: 'startup-failed' }, url)
    t.match(error?.message, says)
    t.notMatch(error?.message, /hunter2|\n/)
  }
  for (const url of ['', 'sqlite:', 'mysql://root:hunter2@x/y', 'postgres://a:b:c@:x']) {
    await t.rejects(openDatabase({ url, dataDir, key: randomBytes(32) }), { message: /^the database URL must be/ }, url)
  }
})

void test('a data directory that must not be written to is named in one line', async (t) => {
  const dataDir = t.testdir({})
  chmodSync(dataDir, 0o555)
  // Root may write everywhere, so it has somebody else try.
  const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  for (const [what, says] of [
    ['key', /^StartupError: cannot use the key file .*secret\.key: EACCES/],
    ['database', /^DatabaseUnavailable: cannot use the database .*strowger\.db: .*unable to open/],
  ] as const) {
    const child = runScript('open-in-child', [what, dataDir], account)
    t.equal((await child.ended).code, 1)
    t.match(child.output.trim(), says)
    t.notMatch(child.output.trim(), '\n')
  }
})

void test('PostgreSQL that crashes and comes back: nothing acknowledged is lost, what waits is written', async (t) => {
  const server = await Postgres.start()
  t.teardown(() => server.stop())
  const url = await server.createDatabase()
  const database = await openDatabase({ url, dataDir: t.testdir({}), key: randomBytes(32) })
  t.teardown(() => database.close())
  const { users, devices, registrations } = database
  const user = await users.create({ name: 'Alice', extension: '1001' })
  const device = await devices.create({ userId: user.id, label: 'x', kind: 'desk', sipUsername: 'a', sipPassword: 'x' })
  const writer = new RegistrationWriter({ registrations, clock: systemClock, logger: silentLogger })
  t.teardown(() => writer.close())
  const write = (contact: string) => writer.write(bindingTo(contact, device.id, user.id))

  await write('sip:before')
  await server.crash()
  await t.rejects(database.ping())
  await t.rejects(users.find(user.id))
  const waiting = write('sip:meanwhile')
  while (writer.stats.failures === 0) await systemClock.sleep(10)
  await server.restart()
  await waiting
  await database.ping()
  const contacts = (await registrations.listAll()).map(({ contact }) => contact)
  t.same(contacts, ['sip:before', 'sip:meanwhile'])
})

function bindingTo(contact: string, deviceId: DeviceId, userId: UserId) {
  const remote = { transport: 'udp', remoteAddress: '192.0.2.1', remotePort: 5060, userAgent: '' }
  return {
    deviceId,
    userId,
    contact,
    callId: 'c',
    cseq: 1,
    q: 1,
    path: [],
    ...remote,
    expiresAtMs: 2,
    registeredAtMs: 1,
  }
}
