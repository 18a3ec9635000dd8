import type { Knex } from 'knex'
import { z } from 'zod'
import { RowReader, type RawRow } from './row-reader.ts'
import { InvalidCursor } from './store-errors.ts'

export interface PageRequest {
  /** How many items at most; cut to 1 to `largestPage`. */
  readonly limit: number
  /** The `next` of the page before; none for the first page. */
  readonly cursor?: string | undefined
}

export interface Page<T> {
  readonly items: readonly T[]
  /** The cursor of the following page; undefined when this is the last. */
  readonly next: string | undefined
}

export interface PageOrder {
  /** The column that is sorted by; ties are broken by `id`. */
  readonly by: string
  readonly type: 'text' | 'integer'
  readonly direction: 'asc' | 'desc'
}

/** The most items in one page. */
export const largestPage = 500

const cursorSchemas = {
  text: z.tuple([z.string(), z.string()]),
  integer: z.tuple([z.number().int(), z.string()]),
}

type CursorKey = readonly [by: string | number, id: string]

/**
 * One page of a query by the key of the last row before it, not by offset: rows that are inserted meanwhile neither
 * repeat nor hide an item.
 * @throws InvalidCursor
 */
export async function pageOf<T>(
  query: Knex.QueryBuilder,
  order: PageOrder,
  request: PageRequest,
  parse: (row: RawRow) => T,
): Promise<Page<T>> {
  const limit = Math.max(1, Math.min(Math.trunc(request.limit), largestPage))
  if (request.cursor !== undefined) {
    const comparison = order.direction === 'asc' ? '(??, id) > (?, ?)' : '(??, id) < (?, ?)'
    void query.whereRaw(comparison, [order.by, ...decodeCursor(request.cursor, order)])
  }
  const rows = (await query
    .orderBy([
      { column: order.by, order: order.direction },
      { column: 'id', order: order.direction },
    ])
    .limit(limit + 1)) as RawRow[]
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return { items: shown.map(parse), next: last && encodeCursor(last, order) }
}

function encodeCursor(row: RawRow, { by, type }: PageOrder): string {
  const read = new RowReader('page', row)
  const key: CursorKey = [type === 'text' ? read.text(by) : read.integer(by), read.text('id')]
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

function decodeCursor(cursor: string, { type }: PageOrder): CursorKey {
  try {
    return cursorSchemas[type].parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch (cause) {
    throw new InvalidCursor({ cause })
  }
}
