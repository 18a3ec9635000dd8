import { newId, type SessionId, type UserId } from '../core/ids.ts'
import { columnsOf } from './columns-of.ts'
import { RowReader, type RawRow } from './row-reader.ts'
import type { StoreContext } from './store-context.ts'

/** A login; the token itself is only with the one who logged in. */
export interface Session {
  readonly id: SessionId
  readonly userId: UserId
  /** See `hashToken`. */
  readonly tokenHash: string
  readonly address: string
  readonly userAgent: string
  readonly createdAtMs: number
  readonly lastUsedAtMs: number
  readonly expiresAtMs: number
}

export interface NewSession {
  readonly userId: UserId
  readonly tokenHash: string
  readonly address: string
  readonly userAgent: string
  readonly expiresAtMs: number
}

export class Sessions {
  readonly #context: StoreContext

  constructor(context: StoreContext) {
    this.#context = context
  }

  async create(session: NewSession): Promise<Session> {
    const now = this.#context.clock.now()
    const columns = { ...columnsOf(session), id: newId('session'), created_at_ms: now, last_used_at_ms: now }
    const [row] = (await this.#context.knex('sessions').insert(columns).returning('*')) as RawRow[]
    return parseSession(row ?? {})
  }

  /** A session that has not expired. */
  async findByTokenHash(tokenHash: string): Promise<Session | undefined> {
    const row = await this.#context
      .knex('sessions')
      .where({ token_hash: tokenHash })
      .where('expires_at_ms', '>', this.#context.clock.now())
      .first<RawRow | undefined>('*')
    return row && parseSession(row)
  }

  /** A user's sessions, oldest first. */
  async listByUser(userId: UserId): Promise<readonly Session[]> {
    const rows = (await this.#context.knex('sessions').where({ user_id: userId }).orderBy('id')) as RawRow[]
    return rows.map(parseSession)
  }

  /** Notes a use, and prolongs the session when a new expiry is given. */
  async touch(id: SessionId, expiresAtMs?: number): Promise<void> {
    const columns = columnsOf({ lastUsedAtMs: this.#context.clock.now(), expiresAtMs })
    await this.#context.knex('sessions').where({ id }).update(columns)
  }

  /** False when there was none. */
  async remove(id: SessionId): Promise<boolean> {
    return (await this.#context.knex('sessions').where({ id }).delete()) > 0
  }

  /** Ends all sessions of a user but one, as after a change of password; returns how many. */
  async removeByUser(userId: UserId, except?: SessionId): Promise<number> {
    const query = this.#context.knex('sessions').where({ user_id: userId })
    if (except !== undefined) void query.whereNot({ id: except })
    return query.delete()
  }

  /** Removes what has expired by `nowMs`; returns how many. */
  async removeExpired(nowMs: number): Promise<number> {
    return this.#context.knex('sessions').where('expires_at_ms', '<=', nowMs).delete()
  }
}

function parseSession(row: RawRow): Session {
  const read = new RowReader('sessions', row)
  return {
    id: read.text<SessionId>('id'),
    userId: read.text<UserId>('user_id'),
    tokenHash: read.text('token_hash'),
    address: read.text('address'),
    userAgent: read.text('user_agent'),
    createdAtMs: read.integer('created_at_ms'),
    lastUsedAtMs: read.integer('last_used_at_ms'),
    expiresAtMs: read.integer('expires_at_ms'),
  }
}
