import type { Knex } from 'knex'
import { systemClock, type Clock } from '../core/clock.ts'
import { silentLogger, type Logger } from '../core/logger.ts'
import { TypedEmitter } from '../core/typed-emitter.ts'
import type { ApiKeys } from './api-keys.ts'
import type { AuditLog } from './audit-log.ts'
import type { Calls } from './calls.ts'
import type { ChangeEmitter } from './changes.ts'
import { connect, unavailable } from './connect.ts'
import { parseDatabaseUrl, type DatabaseLocation } from './database-url.ts'
import type { Devices } from './devices.ts'
import type { Extensions } from './extensions.ts'
import type { IdempotencyKeys } from './idempotency-keys.ts'
import { checkKey } from './key-check.ts'
import { migrate } from './migrate.ts'
import { allMigrations } from './migrations/all-migrations.ts'
import type { Outbox } from './outbox.ts'
import type { Registrations } from './registrations.ts'
import { repositoriesOn, type Repositories } from './repositories.ts'
import { RootContext } from './root-context.ts'
import { SecretCipher } from './secret-cipher.ts'
import type { Sessions } from './sessions.ts'
import type { Settings } from './settings.ts'
import type { StoreContext } from './store-context.ts'
import { DatabaseTooNew } from './store-errors.ts'
import type { Users } from './users.ts'
import type { Voicemails } from './voicemails.ts'

export interface DatabaseOptions {
  /** `sqlite:<path>` or `postgres://user:password@host:port/name`. */
  readonly url: string
  /** Absolute; relative SQLite paths start here. */
  readonly dataDir: string
  /** See `loadOrCreateKey`. */
  readonly key: Buffer
  readonly clock?: Pick<Clock, 'now'> | undefined
  readonly logger?: Logger | undefined
}

/** The database of the exchange: its repositories, transactions over them, and what changes in them. */
export class Database implements Repositories, AsyncDisposable {
  readonly users: Users
  readonly extensions: Extensions
  readonly devices: Devices
  readonly registrations: Registrations
  readonly calls: Calls
  readonly voicemails: Voicemails
  readonly sessions: Sessions
  readonly apiKeys: ApiKeys
  readonly settings: Settings
  readonly auditLog: AuditLog
  readonly outbox: Outbox
  readonly idempotencyKeys: IdempotencyKeys
  /** Told after each commit in this process. */
  readonly changes: ChangeEmitter
  /** Names the database for people, without a password. */
  readonly where: string
  readonly #knex: Knex
  readonly #context: StoreContext
  #closing: Promise<void> | undefined

  constructor(knex: Knex, context: StoreContext, changes: ChangeEmitter, where: string) {
    const all = repositoriesOn(context)
    this.users = all.users
    this.extensions = all.extensions
    this.devices = all.devices
    this.registrations = all.registrations
    this.calls = all.calls
    this.voicemails = all.voicemails
    this.sessions = all.sessions
    this.apiKeys = all.apiKeys
    this.settings = all.settings
    this.auditLog = all.auditLog
    this.outbox = all.outbox
    this.idempotencyKeys = all.idempotencyKeys
    this.changes = changes
    this.where = where
    this.#knex = knex
    this.#context = context
  }

  /** Rejects when the database does not answer. */
  async ping(): Promise<void> {
    await this.#knex.raw('select 1')
  }

  /**
   * Runs `work` on repositories that share one transaction: all of it is kept, or none when it rejects. Only use the
   * repositories given to `work` inside it, and wait for nothing slow: on SQLite everybody else waits meanwhile.
   */
  async transaction<T>(work: (repositories: Repositories) => Promise<T>): Promise<T> {
    return this.#context.transact((inside) => work(repositoriesOn(inside)))
  }

  close(): Promise<void> {
    this.#closing ??= this.#knex.destroy()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/**
 * Opens the database, creating it when there is none, and brings its schema up to date.
 * @throws DatabaseUnavailable, DatabaseTooNew, StartupError when the key is not the one its secrets were written with
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, dataDir, key, clock = systemClock, logger = silentLogger } = options
  const location = parseDatabaseUrl(url, dataDir)
  const knex = await connect(location, logger)
  try {
    await migrateTo(location, knex, clock.now())
    const changes: ChangeEmitter = new TypedEmitter()
    const context = new RootContext({ knex, clock, cipher: new SecretCipher(key), changes, logger })
    const database = new Database(knex, context, changes, location.where)
    await checkKey(context, location.where)
    return database
  } catch (thrown) {
    await knex.destroy()
    throw thrown
  }
}

async function migrateTo(location: DatabaseLocation, knex: Knex, nowMs: number): Promise<void> {
  try {
    await migrate({ knex, migrations: allMigrations, where: location.where, nowMs })
  } catch (thrown) {
    throw thrown instanceof DatabaseTooNew ? thrown : unavailable(location, thrown)
  }
}
