import { z } from 'zod'
import type { DeviceId, UserId } from '../core/ids.ts'
import { bindingKey, type Binding, type BindingKey } from './binding.ts'
import { columnsOf, type ColumnValue } from './columns-of.ts'
import { RowReader, type RawRow } from './row-reader.ts'
import type { StoreContext } from './store-context.ts'

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
    const rows = [...byKey].sort(byFirst).map(([key, binding]) => bindingColumns(key, binding))
    await this.#context.knex('registrations').insert(rows).onConflict('key').merge()
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

function byFirst([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}

function bindingColumns(key: BindingKey, binding: Binding): Record<string, ColumnValue> {
  return columnsOf({
    ...binding,
    key,
    instanceId: binding.instanceId ?? null,
    regId: binding.regId ?? null,
    localPoint: binding.localPoint ?? null,
  })
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
