import type { Knex } from 'knex'

/** One numbered step of the schema. Steps are never edited once released: a change is a new step. */
export interface Migration {
  /** The schema version that this step leads to. */
  readonly version: number
  readonly name: string
  up(knex: Knex): Promise<void>
}
