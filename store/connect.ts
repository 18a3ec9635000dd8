import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import knexPackage, { type Knex } from 'knex'
import { systemClock } from '../core/clock.ts'
import { asError, systemCodeOf } from '../core/errors.ts'
import { silentLogger, type Logger } from '../core/logger.ts'
import type { DatabaseLocation } from './database-url.ts'
import { DatabaseUnavailable } from './store-errors.ts'

const { knex: createKnex } = knexPackage

const acquireConnectionTimeout = 15_000
const connectTimeoutMs = 10_000
const postgresConnections = 10
const mostBusyTries = 100
const busyWaitMs = 50

/** Errors name the statement but not its values, which may be secret. */
const compileSqlOnError = false

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
export async function connect(location: DatabaseLocation, logger: Logger = silentLogger): Promise<Knex> {
  const log = knexLog(logger)
  const knex = location.kind === 'sqlite' ? await connectSqlite(location, log) : connectPostgres(location.url, log)
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

/** Two programs that turn WAL on in a new file at once: one is told BUSY, whatever the busy timeout says, and tries again. */
function prepareSqlite(connection: SqliteConnection, triesLeft: number, done: (error: Error | null) => void): void {
  connection.exec(sqlitePragmas, (error) => {
    if (triesLeft === 0 || systemCodeOf(error) !== 'SQLITE_BUSY') return done(error)
    systemClock.after(busyWaitMs, () => prepareSqlite(connection, triesLeft - 1, done))
  })
}

async function connectSqlite(location: DatabaseLocation & { kind: 'sqlite' }, log: Knex.Logger): Promise<Knex> {
  if (location.file !== ':memory:') {
    await mkdir(dirname(location.file), { recursive: true }).catch((thrown: unknown) => {
      throw unavailable(location, thrown)
    })
  }
  return createKnex({
    client: 'sqlite3',
    log,
    compileSqlOnError,
    connection: { filename: location.file },
    useNullAsDefault: true,
    acquireConnectionTimeout,
    pool: {
      // One connection: SQLite has one writer, and a transaction is then alone by itself.
      min: 1,
      max: 1,
      afterCreate(connection: SqliteConnection, done: (error: Error | null, connection: SqliteConnection) => void) {
        prepareSqlite(connection, mostBusyTries, (error) => done(error, connection))
      },
    },
  })
}

function connectPostgres(url: string, log: Knex.Logger): Knex {
  return createKnex({
    client: 'pg',
    log,
    compileSqlOnError,
    connection: { connectionString: url, connectionTimeoutMillis: connectTimeoutMs, application_name: 'strowger' },
    acquireConnectionTimeout,
    pool: { min: 0, max: postgresConnections },
  })
}

/** What Knex would print; who waited for the connection gets the error as well, so it is not loud here. */
function knexLog(logger: Logger): Knex.Logger {
  const tell = (message: unknown) => logger.debug({ said: String(message) }, 'from the database connection')
  return { debug: tell, warn: tell, error: tell, deprecate: (method, use) => tell(`${method}: use ${use}`) }
}
