import { newId, type Extension, type UserId } from '../core/ids.ts'
import { columnsOf, type ColumnValue } from './columns-of.ts'
import { pageOf, type Page, type PageRequest } from './page.ts'
import { RowReader, type RawRow } from './row-reader.ts'
import { containsPattern, searchKey, whereLike } from './search-key.ts'
import type { StoreContext } from './store-context.ts'
import { EmailTaken, ExtensionTaken } from './store-errors.ts'
import { explainUnique } from './constraint-violation.ts'
import { updateVersioned, type UpdateOptions } from './update-versioned.ts'
import {
  callHandlingSchema,
  defaultCallHandling,
  userRoles,
  type NewUser,
  type User,
  type UserPatch,
  type UserRole,
} from './user.ts'

export interface UserListRequest extends PageRequest {
  /** Part of the name, the extension or the e-mail address. */
  readonly search?: string | undefined
  /** `extension` unless told. */
  readonly sort?: 'extension' | 'name' | undefined
}

export interface RemovedUser {
  /** The recordings whose rows went with the user: theirs is to be deleted now. */
  readonly voicemailFiles: readonly string[]
}

const sortColumn = { extension: 'extension', name: 'name_key' } as const

export class Users {
  readonly #context: StoreContext

  constructor(context: StoreContext) {
    this.#context = context
  }

  /** @throws ExtensionTaken, EmailTaken */
  async create(user: NewUser): Promise<User> {
    const id = newId('user')
    const now = this.#context.clock.now()
    const columns = {
      role: 'user',
      ...userColumns({ callHandling: defaultCallHandling, ...user }),
      id,
      created_at_ms: now,
      updated_at_ms: now,
      version: 1,
    }
    return explainTaken(user, () =>
      this.#context.transact(async (context) => {
        await context.knex('extensions').insert({ number: user.extension, kind: 'user', target_id: id })
        const [row] = (await context.knex('users').insert(columns).returning('*')) as RawRow[]
        context.changed('extension', user.extension)
        context.changed('user', id)
        return parseUser(row ?? {})
      }),
    )
  }

  async find(id: UserId): Promise<User | undefined> {
    return this.#first({ id })
  }

  async findByExtension(extension: string): Promise<User | undefined> {
    return this.#first({ extension })
  }

  /** @param login an e-mail address in any case, or an extension */
  async findByLogin(login: string): Promise<User | undefined> {
    const trimmed = login.trim()
    return trimmed.includes('@') ? this.#first({ email: trimmed.toLowerCase() }) : this.#first({ extension: trimmed })
  }

  /** @throws InvalidCursor */
  async list(request: UserListRequest): Promise<Page<User>> {
    const query = this.#context.knex('users').select('*')
    const search = request.search?.trim()
    if (search) {
      void query.where((any) => {
        whereLike(any, 'name_key', containsPattern(searchKey(search)))
        whereLike(any, 'extension', containsPattern(search))
        whereLike(any, 'email', containsPattern(search.toLowerCase()))
      })
    }
    const by = sortColumn[request.sort ?? 'extension']
    return pageOf(query, { by, type: 'text', direction: 'asc' }, request, parseUser)
  }

  /** @throws NotFound, VersionConflict, ExtensionTaken, EmailTaken */
  async update(id: UserId, patch: UserPatch, options: UpdateOptions = {}): Promise<User> {
    return explainTaken(patch, () =>
      this.#context.transact(async (context) => {
        const before = await context.knex('users').where({ id }).first<RawRow | undefined>('extension')
        const row = await updateVersioned(context, { table: 'users', kind: 'user', id }, userColumns(patch), options)
        const user = parseUser(row)
        const oldNumber = before?.['extension']
        if (oldNumber !== user.extension) {
          await context.knex('extensions').where({ kind: 'user', target_id: id }).update({ number: user.extension })
          context.changed('extension', String(oldNumber))
          context.changed('extension', user.extension)
        }
        context.changed('user', id)
        return user
      }),
    )
  }

  /** Removes a user with the extension, devices, registrations, sessions and voicemails; undefined: there was none. */
  async remove(id: UserId): Promise<RemovedUser | undefined> {
    return this.#context.transact(async (context) => {
      const user = await new Users(context).find(id)
      if (!user) return undefined
      const files: RawRow[] = await context.knex('voicemails').where({ user_id: id }).select('file')
      const devices: RawRow[] = await context.knex('devices').where({ user_id: id }).select('id')
      await context.knex('extensions').where({ kind: 'user', target_id: id }).delete()
      await context.knex('users').where({ id }).delete()
      for (const row of devices) context.changed('device', new RowReader('devices', row).text('id'), id)
      context.changed('extension', user.extension)
      context.changed('user', id)
      return { voicemailFiles: files.map((row) => new RowReader('voicemails', row).text('file')) }
    })
  }

  async count(role?: UserRole): Promise<number> {
    const query = this.#context.knex('users').count({ n: '*' })
    if (role !== undefined) void query.where({ role })
    const row = await query.first<RawRow>()
    return new RowReader('users', row).integer('n')
  }

  async #first(where: Record<string, ColumnValue>): Promise<User | undefined> {
    const row = await this.#context.knex('users').where(where).first<RawRow | undefined>('*')
    return row && parseUser(row)
  }
}

function userColumns(user: UserPatch): Record<string, ColumnValue> {
  const email = user.email?.trim().toLowerCase()
  return columnsOf({
    ...user,
    nameKey: user.name === undefined ? undefined : searchKey(user.name),
    email: user.email === null ? null : email,
  })
}

function parseUser(row: RawRow): User {
  const read = new RowReader('users', row)
  return {
    id: read.text<UserId>('id'),
    name: read.text('name'),
    email: read.optionalText('email'),
    extension: read.text<Extension>('extension'),
    role: read.oneOf('role', userRoles),
    passwordHash: read.optionalText('password_hash'),
    mobile: read.optionalText('mobile'),
    timeZone: read.optionalText('time_zone'),
    plan: read.optionalText('plan'),
    callHandling: read.json('call_handling', callHandlingSchema),
    createdAtMs: read.integer('created_at_ms'),
    updatedAtMs: read.integer('updated_at_ms'),
    version: read.integer('version'),
  }
}

function explainTaken<T>(user: UserPatch, write: () => Promise<T>): Promise<T> {
  return explainUnique(write, (constraint, cause) =>
    constraint.includes('email')
      ? new EmailTaken(user.email ?? '', { cause })
      : new ExtensionTaken(user.extension ?? '', { cause }),
  )
}
