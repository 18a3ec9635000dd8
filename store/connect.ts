import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import knexPackage, { type Knex } from 'knex'
import { asError } from '../core/errors.ts'
import type { DatabaseLocation } from './database-url.ts'
import { DatabaseUnavailable } from './store-errors.ts'

const { knex: createKnex } = knexPackage

const acquireConnectionTimeout = 15_000
const connectTimeoutMs = 10_000
const postgresConnections = 10

/** WAL keeps committed rows through a killed process with synchronous NORMAL; only a power cut may take the last few. */
const sqlitePragmas = `
  pragma busy_timeout = 10000;
  pragma journal_mode = wal;
  pragma synchronous = normal;
  pragma foreign_keys = on;
`

interface SqliteConnection {
  exec(sql: string, done: (error: Error | null) => void): void
}

/**
 * Opens the database and tries it.
 * @throws DatabaseUnavailable
 */
export async function connect(location: DatabaseLocation): Promise<Knex> {
  const knex = location.kind === 'sqlite' ? await connectSqlite(location) : connectPostgres(location.url)
  try {
    await knex.raw('select 1')
    return knex
  } catch (thrown) {
    await knex.destroy()
    throw unavailable(location, thrown)
  }
}

export function unavailable({ where }: DatabaseLocation, thrown: unknown): DatabaseUnavailable {
  const cause = asError(thrown)
  // A failure to connect to several addresses comes as an AggregateError without a message of its own.
  const said =
    cause instanceof AggregateError ? cause.errors.map((one) => asError(one).message).join(', ') : cause.message
  return new DatabaseUnavailable(where, said, { cause })
}

async function connectSqlite(location: DatabaseLocation & { kind: 'sqlite' }): Promise<Knex> {
  if (location.file !== ':memory:') {
    await mkdir(dirname(location.file), { recursive: true }).catch((thrown: unknown) => {
      throw unavailable(location, thrown)
    })
  }
  return createKnex({
    client: 'sqlite3',
    connection: { filename: location.file },
    useNullAsDefault: true,
    acquireConnectionTimeout,
    pool: {
      // One connection: SQLite has one writer, and a transaction is then alone by itself.
      min: 1,
      max: 1,
      afterCreate(connection: SqliteConnection, done: (error: Error | null, connection: SqliteConnection) => void) {
        connection.exec(sqlitePragmas, (error) => done(error, connection))
      },
    },
  })
}

function connectPostgres(url: string): Knex {
  return createKnex({
    client: 'pg',
    connection: { connectionString: url, connectionTimeoutMillis: connectTimeoutMs, application_name: 'strowger' },
    acquireConnectionTimeout,
    pool: { min: 0, max: postgresConnections },
  })
}
