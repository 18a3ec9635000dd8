import type { CallId } from '../core/ids.ts'
import type { Call, CallEnd, CallLeg, CallPatch, CallSummary, LadderEntry, NewCall } from './call-record.ts'
import { callColumns, legColumns, parseCall, parseLeg, parseSummary } from './call-rows.ts'
import { listCalls, type CallListRequest } from './list-calls.ts'
import type { Page } from './page.ts'
import type { RawRow } from './row-reader.ts'
import type { StoreContext } from './store-context.ts'
import { NotFound } from './store-errors.ts'
import { explainForeignKey } from './constraint-violation.ts'

const writesFirst = { writesFirst: true }

/** The history of calls: a row is opened when a call arrives, so that a crash cannot lose it. */
export class Calls {
  readonly #context: StoreContext

  constructor(context: StoreContext) {
    this.#context = context
  }

  async open(call: NewCall): Promise<void> {
    const { legs = [], decisions = [], ...fields } = call
    const columns = { ...callColumns({ ...fields, decisions }), id: call.id }
    if (legs.length === 0) {
      await this.#context.knex('calls').insert(columns)
    } else {
      await this.#context.transact(async (context) => {
        await context.knex('calls').insert(columns)
        await saveLegs(context, call.id, legs)
      }, writesFirst)
    }
    this.#context.changed('call', call.id)
  }

  /**
   * Not one transaction, unlike the end: a call has several of these, and one that is half done tells nothing wrong.
   * @throws NotFound
   */
  async update(id: CallId, patch: CallPatch): Promise<void> {
    const { legs = [], ladder, ...fields } = patch
    const columns = callColumns(fields)
    if (Object.keys(columns).length > 0) {
      const changed = await this.#context.knex('calls').where({ id }).update(columns)
      if (changed === 0) throw new NotFound('call', id)
    }
    await explainForeignKey(
      async () => {
        await saveLegs(this.#context, id, legs)
        if (ladder) await saveLadder(this.#context, id, ladder)
      },
      () => new NotFound('call', id),
    )
    this.#context.changed('call', id)
  }

  /**
   * Ends a call's row, once; false when it had ended already, and then nothing is changed.
   * @throws NotFound
   */
  async close(id: CallId, end: CallEnd): Promise<boolean> {
    const { legs = [], ladder, ...fields } = end
    return this.#context.transact(async (context) => {
      const changed = await context.knex('calls').where({ id }).whereNull('outcome').update(callColumns(fields))
      if (changed === 0) {
        if (await context.knex('calls').where({ id }).first<RawRow | undefined>('id')) return false
        throw new NotFound('call', id)
      }
      await saveLegs(context, id, legs)
      if (ladder) await saveLadder(context, id, ladder)
      context.changed('call', id)
      return true
    }, writesFirst)
  }

  async find(id: CallId): Promise<Call | undefined> {
    const { knex } = this.#context
    const row = await knex('calls')
      .leftJoin('call_ladders', 'call_ladders.call_id', 'calls.id')
      .where('calls.id', id)
      .first<RawRow | undefined>('calls.*', 'call_ladders.entries as ladder')
    if (!row) return undefined
    const legs = (await knex('call_legs').where({ call_id: id }).orderBy(['started_at_ms', 'id'])) as RawRow[]
    return parseCall(row, legs.map(parseLeg))
  }

  /**
   * Newest first, without legs, decisions and ladder.
   * @throws InvalidCursor
   */
  async list(request: CallListRequest): Promise<Page<CallSummary>> {
    return listCalls(this.#context.knex, request, parseSummary)
  }

  /**
   * Gives the calls that a crash left open the outcome `interrupted`; returns how many there were.
   * Assumes that no other process has live calls in this database.
   */
  async closeInterrupted(endedAtMs: number): Promise<number> {
    return this.#context.transact(async ({ knex }) => {
      const end = { outcome: 'interrupted', ended_at_ms: endedAtMs }
      const left = knex('calls').whereNull('outcome').select('id')
      await knex('call_legs').whereNull('outcome').whereIn('call_id', left).update(end)
      return knex('calls')
        .whereNull('outcome')
        .update({ ...end, ended_by: 'system' })
    }, writesFirst)
  }
}

async function saveLegs({ knex }: StoreContext, id: CallId, legs: readonly CallLeg[]): Promise<void> {
  if (legs.length === 0) return
  const rows = legs.map((leg) => legColumns(id, leg))
  await knex('call_legs').insert(rows).onConflict('id').merge()
}

async function saveLadder({ knex }: StoreContext, id: CallId, ladder: readonly LadderEntry[]): Promise<void> {
  await knex('call_ladders')
    .insert({ call_id: id, entries: JSON.stringify(ladder) })
    .onConflict('call_id')
    .merge()
}
