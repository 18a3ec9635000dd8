import type { Knex } from 'knex'
import { dialectOf } from './dialect.ts'
import type { Migration } from './migrations/migration.ts'
import { RowReader, type RawRow } from './row-reader.ts'
import { DatabaseTooNew } from './store-errors.ts'

const versions = 'schema_version'

/** Any number that no other program on the same PostgreSQL database is likely to lock. */
const advisoryLock = 5_278_091

export interface MigrateOptions {
  readonly knex: Knex
  readonly migrations: readonly Migration[]
  /** Names the database in an error. */
  readonly where: string
  readonly nowMs: number
}

/**
 * Brings the schema up to the newest version, all steps in one transaction: killed in the middle it leaves the old
 * schema. Of several processes that start together one does it and the others find it done. Returns the version.
 * @throws DatabaseTooNew
 */
export async function migrate({ knex, migrations, where, nowMs }: MigrateOptions): Promise<number> {
  const newest = migrations.at(-1)?.version ?? 0
  return knex.transaction(async (transaction) => {
    await lockSchema(transaction)
    const found = await schemaVersion(transaction)
    if (found > newest) throw new DatabaseTooNew(where, found, newest)
    for (const step of migrations) {
      if (step.version <= found) continue
      await step.up(transaction)
      await transaction(versions).insert({ version: step.version, name: step.name, applied_at_ms: nowMs })
    }
    return newest
  })
}

async function lockSchema(transaction: Knex.Transaction): Promise<void> {
  if (dialectOf(transaction) === 'postgres') await transaction.raw('select pg_advisory_xact_lock(?)', [advisoryLock])
  // On SQLite the first write takes the one write lock.
  await transaction.raw(
    `create table if not exists ${versions} (version integer primary key, name text not null, applied_at_ms bigint not null)`,
  )
}

async function schemaVersion(transaction: Knex.Transaction): Promise<number> {
  const row = await transaction(versions).max({ version: 'version' }).first<RawRow>()
  return new RowReader(versions, row).optionalInteger('version') ?? 0
}
