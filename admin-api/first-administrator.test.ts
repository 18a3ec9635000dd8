import { randomBytes } from 'node:crypto'
import { test, type Test } from 'tap'
import { FakeClock } from '../core/fake-clock.ts'
import { openDatabase, type Database } from '../store/database.ts'
import { verifyPassword } from '../store/password-hash.ts'
import { ensureFirstAdministrator } from './first-administrator.ts'

async function emptyDatabase(t: Test): Promise<Database> {
  const database = await openDatabase({ url: 'sqlite::memory:', dataDir: t.testdir(), key: randomBytes(32) })
  t.teardown(() => database.close())
  return database
}

void test('a new exchange gets an owner with a generated password, once', async (t) => {
  const database = await emptyDatabase(t)
  const clock = new FakeClock()
  const first = await ensureFirstAdministrator(database, clock)
  t.match(first, { login: 'admin', password: /^\w{20}$/, isGenerated: true })
  const owner = await database.users.findByLogin('admin')
  t.equal(owner?.role, 'owner')
  t.ok(await verifyPassword(owner?.passwordHash ?? '', first?.password ?? ''))
  t.equal(await ensureFirstAdministrator(database, clock), undefined)
  t.equal(await ensureFirstAdministrator(database, clock, 'another password'), undefined)
  t.equal(await database.users.count(), 1)
})

void test('a configured password is used', async (t) => {
  const database = await emptyDatabase(t)
  const first = await ensureFirstAdministrator(database, new FakeClock(), 'from the configuration')
  t.strictSame(first, { login: 'admin', password: 'from the configuration', isGenerated: false })
  const owner = await database.users.findByLogin('admin')
  t.ok(await verifyPassword(owner?.passwordHash ?? '', 'from the configuration'))
})
