import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { test, type Test } from 'tap'
import { FakeClock } from '../../core/fake-clock.ts'
import type { Database } from '../../store/database.ts'
import { openDatabase } from '../../store/database.ts'
import { Postgres } from '../support/postgres.ts'

/** An empty database for one test, of whichever kind the suite runs on. */
export interface FreshDatabase {
  readonly kind: 'sqlite' | 'postgres'
  readonly url: string
  readonly dataDir: string
  readonly key: Buffer
  readonly clock: FakeClock
  /** Opens it, as often as a test wants to; what is open at the end is closed. */
  readonly open: () => Promise<Database>
}

export type MakeDatabase = (t: Test) => Promise<FreshDatabase>

/** Runs the same tests on SQLite and on PostgreSQL. */
export function onBothDatabases(run: (t: Test, fresh: MakeDatabase) => Promise<void>): void {
  void test('on SQLite', async (t) => {
    await run(t, async (inner) => {
      const dataDir = inner.testdir({})
      return freshDatabase(inner, 'sqlite', `sqlite:${path.join(dataDir, 'strowger.db')}`)
    })
  })
  void test('on PostgreSQL', async (t) => {
    const server = await Postgres.start()
    t.teardown(() => server.stop())
    await run(t, async (inner) => freshDatabase(inner, 'postgres', await server.createDatabase()))
  })
}

function freshDatabase(t: Test, kind: FreshDatabase['kind'], url: string): FreshDatabase {
  const dataDir = t.testdirName
  const key = randomBytes(32)
  const clock = new FakeClock()
  return {
    kind,
    url,
    dataDir,
    key,
    clock,
    async open() {
      const database = await openDatabase({ url, dataDir, key, clock })
      t.teardown(() => database.close())
      return database
    },
  }
}
