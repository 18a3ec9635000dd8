import type { Knex } from 'knex'

export type Dialect = 'sqlite' | 'postgres'

export function dialectOf(knex: Knex): Dialect {
  const { config } = knex.client as { readonly config: Knex.Config }
  return config.client === 'pg' ? 'postgres' : 'sqlite'
}
