import { z } from 'zod'
import type { DeviceId, UserId } from '../core/ids.ts'
import { bindingKey, type Binding, type BindingKey } from './binding.ts'
import { columnsOf } from './columns-of.ts'
import { dialectOf, type Dialect } from './dialect.ts'
import { RowReader, type RawRow } from './row-reader.ts'
import type { StoreContext } from './store-context.ts'

const columnTypes = {
  key: 'text',
  device_id: 'text',
  user_id: 'text',
  contact: 'text',
  call_id: 'text',
  cseq: 'bigint',
  instance_id: 'text',
  reg_id: 'bigint',
  q: 'double precision',
  path: 'text',
  transport: 'text',
  remote_address: 'text',
  remote_port: 'integer',
  local_point: 'text',
  user_agent: 'text',
  expires_at_ms: 'bigint',
  registered_at_ms: 'bigint',
} as const

/**
 * The same statement with one parameter, a JSON list, for any number of rows. The join leaves out rows of devices that
 * are gone. What the key is made of is not set again: each index on a column that is set is written anew.
 */
const upsertStatements: Readonly<Record<Dialect, string>> = {
  sqlite: upsertFrom({
    source: 'json_each(?) as r',
    column: (name) => `r.value ->> '${name}'`,
  }),
  postgres: upsertFrom({
    source: `jsonb_to_recordset(?::jsonb) as r(${Object.entries(columnTypes)
      .map(([name, type]) => `${name} ${type}`)
      .join(', ')})`,
    column: (name) => `r.${name}`,
  }),
}

const pathSchema = z.array(z.string())

/** The stored copy of the registrar's bindings, read back at start. */
export class Registrations {
  readonly #context: StoreContext

  constructor(context: StoreContext) {
    this.#context = context
  }

  /**
   * Stores bindings in one statement; of two with the same key the later counts. A binding of a device that is gone is
   * left out: it was removed while its registration was on the way here.
   */
  async upsertMany(bindings: readonly Binding[]): Promise<void> {
    const byKey = new Map(bindings.map((binding) => [bindingKey(binding), binding]))
    if (byKey.size === 0) return
    // Sorted, so that two of these at once lock rows in the same order.
    const rows = [...byKey].sort(byFirst).map(([key, binding]) => columnsOf({ ...binding, key }))
    const { knex } = this.#context
    await knex.raw(upsertStatements[dialectOf(knex)], [JSON.stringify(rows)])
  }

  async removeMany(keys: readonly BindingKey[]): Promise<void> {
    if (keys.length > 0) await this.#context.knex('registrations').whereIn('key', keys).delete()
  }

  async listAll(): Promise<readonly Binding[]> {
    const rows = (await this.#context.knex('registrations').select('*').orderBy('key')) as RawRow[]
    return rows.map(parseBinding)
  }

  /** Removes what has expired by `nowMs`; returns how many. */
  async removeExpired(nowMs: number): Promise<number> {
    return this.#context.knex('registrations').where('expires_at_ms', '<=', nowMs).delete()
  }
}

function upsertFrom({ source, column }: { source: string; column: (name: string) => string }): string {
  const names = Object.keys(columnTypes)
  const changing = names.filter((name) => name !== 'key' && name !== 'device_id')
  return (
    `insert into registrations (${names.join(', ')}) ` +
    `select ${names.map(column).join(', ')} from ${source} ` +
    `join devices on devices.id = ${column('device_id')} where true ` +
    `on conflict (key) do update set ${changing.map((name) => `${name} = excluded.${name}`).join(', ')}`
  )
}

function byFirst([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}

function parseBinding(row: RawRow): Binding {
  const read = new RowReader('registrations', row)
  return {
    deviceId: read.text<DeviceId>('device_id'),
    userId: read.text<UserId>('user_id'),
    contact: read.text('contact'),
    callId: read.text('call_id'),
    cseq: read.integer('cseq'),
    instanceId: read.optionalText('instance_id'),
    regId: read.optionalInteger('reg_id'),
    q: read.real('q'),
    path: read.json('path', pathSchema),
    transport: read.text('transport'),
    remoteAddress: read.text('remote_address'),
    remotePort: read.integer('remote_port'),
    localPoint: read.optionalText('local_point'),
    userAgent: read.text('user_agent'),
    expiresAtMs: read.integer('expires_at_ms'),
    registeredAtMs: read.integer('registered_at_ms'),
  }
}
