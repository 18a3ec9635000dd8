import { newId, type ApiKeyId, type UserId } from '../core/ids.ts'
import { columnsOf } from './columns-of.ts'
import { pageOf, type Page, type PageRequest } from './page.ts'
import { RowReader, type RawRow } from './row-reader.ts'
import type { StoreContext } from './store-context.ts'
import { userRoles, type UserRole } from './user.ts'

export const apiKeyScopes = ['read', 'write', 'admin'] as const
/** Each allows what the ones before it allow. */
export type ApiKeyScope = (typeof apiKeyScopes)[number]

/** A machine's way in; the token itself is only with the machine. */
export interface ApiKey {
  readonly id: ApiKeyId
  readonly name: string
  /** See `hashToken`. */
  readonly tokenHash: string
  /** What the machine may do: as much as a user of this role, within the scope. */
  readonly role: UserRole
  readonly scope: ApiKeyScope
  readonly createdBy: UserId | undefined
  readonly createdAtMs: number
  readonly lastUsedAtMs: number | undefined
  /** Undefined: for ever. */
  readonly expiresAtMs: number | undefined
}

export interface NewApiKey {
  readonly name: string
  readonly tokenHash: string
  readonly role: UserRole
  readonly scope: ApiKeyScope
  readonly createdBy?: UserId | undefined
  readonly expiresAtMs?: number | undefined
}

export class ApiKeys {
  readonly #context: StoreContext

  constructor(context: StoreContext) {
    this.#context = context
  }

  async create(key: NewApiKey): Promise<ApiKey> {
    const id = newId('apiKey')
    const columns = { ...columnsOf(key), id, created_at_ms: this.#context.clock.now() }
    const [row] = (await this.#context.knex('api_keys').insert(columns).returning('*')) as RawRow[]
    this.#context.changed('apiKey', id)
    return parseApiKey(row ?? {})
  }

  async find(id: ApiKeyId): Promise<ApiKey | undefined> {
    const row = await this.#context.knex('api_keys').where({ id }).first<RawRow | undefined>('*')
    return row && parseApiKey(row)
  }

  /** A key that has not expired. */
  async findByTokenHash(tokenHash: string): Promise<ApiKey | undefined> {
    const row = await this.#context.knex('api_keys').where({ token_hash: tokenHash }).first<RawRow | undefined>('*')
    const key = row && parseApiKey(row)
    const isExpired = key?.expiresAtMs !== undefined && key.expiresAtMs <= this.#context.clock.now()
    return isExpired ? undefined : key
  }

  /**
   * Newest first.
   * @throws InvalidCursor
   */
  async list(request: PageRequest): Promise<Page<ApiKey>> {
    const order = { by: 'created_at_ms', type: 'integer', direction: 'desc' } as const
    return pageOf(this.#context.knex('api_keys').select('*'), order, request, parseApiKey)
  }

  /** Notes a use. */
  async touch(id: ApiKeyId): Promise<void> {
    await this.#context.knex('api_keys').where({ id }).update({ last_used_at_ms: this.#context.clock.now() })
  }

  /** False when there was none. */
  async remove(id: ApiKeyId): Promise<boolean> {
    const wasThere = (await this.#context.knex('api_keys').where({ id }).delete()) > 0
    if (wasThere) this.#context.changed('apiKey', id)
    return wasThere
  }
}

function parseApiKey(row: RawRow): ApiKey {
  const read = new RowReader('api_keys', row)
  return {
    id: read.text<ApiKeyId>('id'),
    name: read.text('name'),
    tokenHash: read.text('token_hash'),
    role: read.oneOf('role', userRoles),
    scope: read.oneOf('scope', apiKeyScopes),
    createdBy: read.optionalText<UserId>('created_by'),
    createdAtMs: read.integer('created_at_ms'),
    lastUsedAtMs: read.optionalInteger('last_used_at_ms'),
    expiresAtMs: read.optionalInteger('expires_at_ms'),
  }
}
