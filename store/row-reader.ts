import type { ZodType } from 'zod'
import { CorruptRow } from './store-errors.ts'

export type RawRow = Readonly<Record<string, unknown>>

/** Turns the columns of one row into typed values: the place where what the two drivers return becomes the same. */
export class RowReader {
  readonly #table: string
  readonly #row: RawRow

  constructor(table: string, row: RawRow) {
    this.#table = table
    this.#row = row
  }

  text<T extends string = string>(column: string): T {
    const value = this.#row[column]
    if (typeof value !== 'string') throw new CorruptRow(this.#table, column, 'text')
    return value as T
  }

  optionalText<T extends string = string>(column: string): T | undefined {
    return this.#isNull(column) ? undefined : this.text<T>(column)
  }

  oneOf<T extends string>(column: string, allowed: readonly T[]): T {
    const value = this.#row[column]
    const found = allowed.find((candidate) => candidate === value)
    if (found === undefined) throw new CorruptRow(this.#table, column, `one of ${allowed.join(', ')}`)
    return found
  }

  optionalOneOf<T extends string>(column: string, allowed: readonly T[]): T | undefined {
    return this.#isNull(column) ? undefined : this.oneOf(column, allowed)
  }

  /** pg returns bigint columns as strings: both shapes are taken. */
  integer(column: string): number {
    const value = this.#row[column]
    const number = typeof value === 'string' && value !== '' ? Number(value) : value
    if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
      throw new CorruptRow(this.#table, column, 'a whole number')
    }
    return number
  }

  optionalInteger(column: string): number | undefined {
    return this.#isNull(column) ? undefined : this.integer(column)
  }

  real(column: string): number {
    const value = this.#row[column]
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new CorruptRow(this.#table, column, 'a number')
    return value
  }

  json<T>(column: string, schema: ZodType<T>): T {
    const text = this.text(column)
    try {
      return schema.parse(JSON.parse(text))
    } catch (cause) {
      throw new CorruptRow(this.#table, column, 'the JSON expected there', { cause })
    }
  }

  optionalJson<T>(column: string, schema: ZodType<T>): T | undefined {
    return this.#isNull(column) ? undefined : this.json(column, schema)
  }

  #isNull(column: string): boolean {
    return (this.#row[column] ?? null) === null
  }
}
