import type { Knex } from 'knex'
import type { UserId } from '../core/ids.ts'
import type { CallListType, CallOutcome, CallSummary } from './call-record.ts'
import { pageOf, type Page, type PageRequest } from './page.ts'
import type { RawRow } from './row-reader.ts'
import { containsPattern, searchKey, whereLike } from './search-key.ts'

export interface CallListRequest extends PageRequest {
  /** Only calls that this user made, was called by, or had a leg in. */
  readonly userId?: UserId | undefined
  /**
   * `missed`: nobody answered, voicemail included; `outgoing`: made by the user, without a user: left the house.
   * With a user, `missed` and `answered` are the calls that came to that user.
   */
  readonly type?: CallListType | undefined
  /** Part of a number or of the caller's name. */
  readonly search?: string | undefined
  /** Started at this time or later. */
  readonly fromMs?: number | undefined
  /** Started before this time. */
  readonly toMs?: number | undefined
}

const missedOutcomes: readonly CallOutcome[] = [
  'voicemail',
  'no-answer',
  'busy',
  'declined',
  'unreachable',
  'cancelled',
]

/** @throws InvalidCursor */
export async function listCalls(
  knex: Knex,
  request: CallListRequest,
  parse: (row: RawRow) => CallSummary,
): Promise<Page<CallSummary>> {
  const query = knex('calls').select('*')
  const { userId, search, fromMs, toMs } = request
  if (userId !== undefined) void query.whereIn('id', callsOf(knex, userId))
  if (fromMs !== undefined) void query.where('started_at_ms', '>=', fromMs)
  if (toMs !== undefined) void query.where('started_at_ms', '<', toMs)
  if (search?.trim()) matchSearch(query, search.trim())
  matchType(query, request.type ?? 'all', userId)
  return pageOf(query, { by: 'started_at_ms', type: 'integer', direction: 'desc' }, request, parse)
}

/** A union of three index look-ups: an OR over them would be answered by reading the whole history. */
function callsOf(knex: Knex, userId: UserId): Knex.QueryBuilder {
  return knex('calls')
    .select('id')
    .where({ from_user_id: userId })
    .union([
      knex('calls').select('id').where({ to_user_id: userId }),
      knex('call_legs').select('call_id').where({ user_id: userId }),
    ])
}

function matchSearch(query: Knex.QueryBuilder, search: string): void {
  void query.where((any) => {
    whereLike(any, 'from_number', containsPattern(search))
    whereLike(any, 'to_number', containsPattern(search))
    whereLike(any, 'from_name_key', containsPattern(searchKey(search)))
  })
}

function matchType(query: Knex.QueryBuilder, type: CallListType, userId: UserId | undefined): void {
  switch (type) {
    case 'all':
      return
    case 'missed':
      void query.whereIn('outcome', missedOutcomes)
      return incomingFor(query, userId)
    case 'answered':
      void query.where({ outcome: 'answered' })
      return incomingFor(query, userId)
    case 'outgoing':
      void (userId === undefined ? query.where({ direction: 'outbound' }) : query.where({ from_user_id: userId }))
      return
    case 'voicemail':
      void query.where({ outcome: 'voicemail' })
  }
}

function incomingFor(query: Knex.QueryBuilder, userId: UserId | undefined): void {
  if (userId !== undefined) void query.whereRaw(`coalesce(from_user_id, '') <> ?`, [userId])
}
