import { z } from 'zod'
import { newId, type AuditEntryId } from '../core/ids.ts'
import { columnsOf } from './columns-of.ts'
import { pageOf, type Page, type PageRequest } from './page.ts'
import { RowReader, type RawRow } from './row-reader.ts'
import type { StoreContext } from './store-context.ts'

/** Who changed what, when, from where. */
export interface AuditEntry {
  readonly id: AuditEntryId
  readonly atMs: number
  /** A user's or API key's id, or `system`. */
  readonly actorId: string
  /** A verb with its resource, such as `user.update`. */
  readonly action: string
  readonly targetKind: string
  readonly targetId: string
  /** The fields before and after; never a secret. */
  readonly before?: unknown
  readonly after?: unknown
  readonly address?: string | undefined
}

export type NewAuditEntry = Omit<AuditEntry, 'id'>

export interface AuditListRequest extends PageRequest {
  readonly actorId?: string | undefined
  readonly targetKind?: string | undefined
  readonly targetId?: string | undefined
}

/** Append only: there is no way to change or remove an entry. */
export class AuditLog {
  readonly #context: StoreContext

  constructor(context: StoreContext) {
    this.#context = context
  }

  async append(entry: NewAuditEntry): Promise<AuditEntryId> {
    const { before, after, ...fields } = entry
    const id = newId('auditEntry')
    await this.#context.knex('audit_log').insert({
      ...columnsOf(fields),
      id,
      before: before === undefined ? null : JSON.stringify(before),
      after: after === undefined ? null : JSON.stringify(after),
    })
    return id
  }

  /**
   * Newest first.
   * @throws InvalidCursor
   */
  async list(request: AuditListRequest): Promise<Page<AuditEntry>> {
    const { actorId, targetKind, targetId } = request
    const query = this.#context.knex('audit_log').select('*').where(columnsOf({ actorId, targetKind, targetId }))
    return pageOf(query, { by: 'at_ms', type: 'integer', direction: 'desc' }, request, parseEntry)
  }
}

function parseEntry(row: RawRow): AuditEntry {
  const read = new RowReader('audit_log', row)
  return {
    id: read.text<AuditEntryId>('id'),
    atMs: read.integer('at_ms'),
    actorId: read.text('actor_id'),
    action: read.text('action'),
    targetKind: read.text('target_kind'),
    targetId: read.text('target_id'),
    before: read.optionalJson('before', z.unknown()),
    after: read.optionalJson('after', z.unknown()),
    address: read.optionalText('address'),
  }
}
