import { newId, type CallId, type UserId, type VoicemailId } from '../core/ids.ts'
import { columnsOf } from './columns-of.ts'
import { pageOf, type Page, type PageRequest } from './page.ts'
import { RowReader, type RawRow } from './row-reader.ts'
import type { StoreContext } from './store-context.ts'
import { NotFound } from './store-errors.ts'
import type { NewVoicemail, Voicemail } from './voicemail.ts'

export interface VoicemailListRequest extends PageRequest {
  /** Only this user's mailbox. */
  readonly userId?: UserId | undefined
}

export interface VoicemailCounts {
  readonly unheard: number
  readonly heard: number
}

export class Voicemails {
  readonly #context: StoreContext

  constructor(context: StoreContext) {
    this.#context = context
  }

  async create(voicemail: NewVoicemail): Promise<Voicemail> {
    const id = newId('voicemail')
    const columns = { ...columnsOf(voicemail), id }
    const [row] = (await this.#context.knex('voicemails').insert(columns).returning('*')) as RawRow[]
    this.#context.changed('voicemail', id, voicemail.userId)
    return parseVoicemail(row ?? {})
  }

  async find(id: VoicemailId): Promise<Voicemail | undefined> {
    const row = await this.#context.knex('voicemails').where({ id }).first<RawRow | undefined>('*')
    return row && parseVoicemail(row)
  }

  /**
   * Newest first.
   * @throws InvalidCursor
   */
  async list(request: VoicemailListRequest): Promise<Page<Voicemail>> {
    const query = this.#context.knex('voicemails').select('*')
    if (request.userId !== undefined) void query.where({ user_id: request.userId })
    return pageOf(query, { by: 'received_at_ms', type: 'integer', direction: 'desc' }, request, parseVoicemail)
  }

  async newest(userId: UserId): Promise<Voicemail | undefined> {
    const page = await this.list({ userId, limit: 1 })
    return page.items[0]
  }

  /** How many messages a mailbox holds, and how many of them were heard. */
  async count(userId: UserId): Promise<VoicemailCounts> {
    const query = this.#context.knex('voicemails').where({ user_id: userId })
    const [row] = await query.count<RawRow[]>({ total: '*', heard: 'heard_at_ms' })
    // PostgreSQL counts in bigint, which its driver hands over as text.
    const heard = Number(row?.['heard'] ?? 0)
    return { heard, unheard: Number(row?.['total'] ?? 0) - heard }
  }

  /**
   * Marks a message heard at a time, or unheard again with null.
   * @throws NotFound
   */
  async markHeard(id: VoicemailId, atMs: number | null): Promise<Voicemail> {
    const query = this.#context.knex('voicemails').where({ id }).update({ heard_at_ms: atMs }).returning('*')
    const [row] = (await query) as RawRow[]
    if (!row) throw new NotFound('voicemail', id)
    const voicemail = parseVoicemail(row)
    this.#context.changed('voicemail', id, voicemail.userId)
    return voicemail
  }

  /** Removes the row and returns it, so that its file can be deleted; undefined when there was none. */
  async remove(id: VoicemailId): Promise<Voicemail | undefined> {
    return this.#context.transact(async (context) => {
      const voicemail = await new Voicemails(context).find(id)
      if (!voicemail) return undefined
      await context.knex('voicemails').where({ id }).delete()
      context.changed('voicemail', id, voicemail.userId)
      return voicemail
    })
  }
}

function parseVoicemail(row: RawRow): Voicemail {
  const read = new RowReader('voicemails', row)
  return {
    id: read.text<VoicemailId>('id'),
    userId: read.text<UserId>('user_id'),
    fromNumber: read.text('from_number'),
    fromName: read.text('from_name'),
    callId: read.optionalText<CallId>('call_id'),
    file: read.text('file'),
    durationMs: read.integer('duration_ms'),
    bytes: read.integer('bytes'),
    receivedAtMs: read.integer('received_at_ms'),
    heardAtMs: read.optionalInteger('heard_at_ms'),
  }
}
