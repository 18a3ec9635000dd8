import type { Knex } from 'knex'
import { dialectOf } from '../dialect.ts'

/**
 * Makes PostgreSQL sort text columns by their bytes, as SQLite does, whatever the language of the database:
 * so lists have the same order on both and a prefix search can use the index.
 */
export async function byteOrder(knex: Knex, table: string, columns: readonly string[]): Promise<void> {
  if (dialectOf(knex) !== 'postgres') return
  for (const column of columns) {
    await knex.raw('alter table ?? alter column ?? type text collate "C"', [table, column])
  }
}
