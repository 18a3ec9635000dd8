import type { ColumnValue } from './columns-of.ts'
import { RowReader, type RawRow } from './row-reader.ts'
import type { StoreContext } from './store-context.ts'
import { NotFound, VersionConflict } from './store-errors.ts'

export interface UpdateOptions {
  /** Only when the row still has this version (If-Match). */
  readonly ifVersion?: number | undefined
}

interface Target {
  readonly table: string
  /** What an error calls the row. */
  readonly kind: string
  readonly id: string
}

/**
 * Changes one row, counts its version up, and returns it.
 * @throws NotFound, VersionConflict
 */
export async function updateVersioned(
  context: StoreContext,
  { table, kind, id }: Target,
  columns: Readonly<Record<string, ColumnValue>>,
  { ifVersion }: UpdateOptions,
): Promise<RawRow> {
  const { knex } = context
  const query = knex(table).where({ id })
  if (ifVersion !== undefined) void query.where({ version: ifVersion })
  const rows = (await query
    .update({ ...columns, updated_at_ms: context.clock.now(), version: knex.raw('version + 1') })
    .returning('*')) as RawRow[]
  const [updated] = rows
  if (updated) return updated

  const found = await knex(table).where({ id }).first<RawRow | undefined>('version')
  if (!found) throw new NotFound(kind, id)
  throw new VersionConflict(kind, id, ifVersion ?? 0, new RowReader(table, found).integer('version'))
}
