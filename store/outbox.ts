import type { Knex } from 'knex'
import { z } from 'zod'
import { newId, type JobId } from '../core/ids.ts'
import { dialectOf } from './dialect.ts'
import { pageOf, type Page, type PageRequest } from './page.ts'
import { retryDelayMs } from './retry-delay.ts'
import { RowReader, type RawRow } from './row-reader.ts'
import type { StoreContext } from './store-context.ts'

export const jobStates = ['waiting', 'leased', 'dead'] as const
export type JobState = (typeof jobStates)[number]

/** Work owed to the outside: an SMS, an e-mail, a webhook, a fax to be tried again. */
export interface Job {
  readonly id: JobId
  readonly kind: string
  readonly payload: unknown
  readonly state: JobState
  /** How often it was taken up. */
  readonly attempts: number
  readonly maxAttempts: number
  /** When it is to be taken up; while leased: when the lease ends. */
  readonly dueAtMs: number
  readonly lastError: string | undefined
  readonly createdAtMs: number
}

export interface LeasedJob extends Job {
  /** Proves that the lease is still this one; see `complete` and `fail`. */
  readonly leaseId: string
}

export interface NewJob {
  readonly kind: string
  /** JSON. */
  readonly payload: unknown
  /** Not before this time; at once unless told. */
  readonly dueAtMs?: number | undefined
  readonly maxAttempts?: number | undefined
}

export interface LeaseRequest {
  readonly kinds: readonly string[]
  readonly limit: number
  /** A job that is neither completed nor failed after this time is taken up again by whoever asks. */
  readonly leaseMs: number
}

const defaultMaxAttempts = 12

/** Jobs that survive a crash: one that was begun and not completed is begun again, so a worker must bear repeats. */
export class Outbox {
  readonly #context: StoreContext

  constructor(context: StoreContext) {
    this.#context = context
  }

  /** Inside a transaction the job exists when and only when the transaction commits. */
  async enqueue(job: NewJob): Promise<JobId> {
    const id = newId('job')
    const now = this.#context.clock.now()
    await this.#context.knex('outbox').insert({
      id,
      kind: job.kind,
      payload: JSON.stringify(job.payload ?? null),
      state: 'waiting',
      attempts: 0,
      max_attempts: job.maxAttempts ?? defaultMaxAttempts,
      due_at_ms: job.dueAtMs ?? now,
      created_at_ms: now,
    })
    this.#context.changed('outbox')
    return id
  }

  /** Takes up what is due, the longest due first; no other caller gets the same jobs while the lease runs. */
  async lease({ kinds, limit, leaseMs }: LeaseRequest): Promise<readonly LeasedJob[]> {
    return this.#context.transact(
      async ({ knex, clock }) => {
        const now = clock.now()
        await buryUnfinished(knex, now)
        const due = knex('outbox')
          .select('id')
          .whereIn('kind', kinds)
          .whereIn('state', ['waiting', 'leased'])
          .where('due_at_ms', '<=', now)
          .orderBy(['due_at_ms', 'id'])
          .limit(limit)
        if (dialectOf(knex) === 'postgres') void due.forUpdate().skipLocked()
        const rows = (await knex('outbox')
          .whereIn('id', due)
          .update({
            state: 'leased',
            attempts: knex.raw('attempts + 1'),
            due_at_ms: now + leaseMs,
            lease_id: newId('job'),
          })
          .returning('*')) as RawRow[]
        return rows.map(parseLeased).sort((a, b) => (a.id < b.id ? -1 : 1))
      },
      { writesFirst: true },
    )
  }

  /** The job is done and forgotten; false when the lease had been lost. */
  async complete(job: LeasedJob): Promise<boolean> {
    return (await this.#leased(job).delete()) > 0
  }

  /**
   * The attempt failed: the job waits longer each time, and is a dead letter when its attempts are used up or it is
   * told to be. Returns what became of it; undefined when the lease had been lost.
   */
  async fail(job: LeasedJob, error: Error, options: { readonly forGood?: boolean } = {}): Promise<Job | undefined> {
    const isDead = options.forGood === true || job.attempts >= job.maxAttempts
    const dueAtMs = this.#context.clock.now() + retryDelayMs(job.attempts)
    const [row] = (await this.#leased(job)
      .update({ state: isDead ? 'dead' : 'waiting', lease_id: null, due_at_ms: dueAtMs, last_error: error.message })
      .returning('*')) as RawRow[]
    return row && parseJob(row)
  }

  /** Prolongs a lease from now on; false when it had been lost. */
  async extend(job: LeasedJob, leaseMs: number): Promise<boolean> {
    return (await this.#leased(job).update({ due_at_ms: this.#context.clock.now() + leaseMs })) > 0
  }

  async find(id: JobId): Promise<Job | undefined> {
    const row = await this.#context.knex('outbox').where({ id }).first<RawRow | undefined>('*')
    return row && parseJob(row)
  }

  /**
   * What was given up, newest first.
   * @throws InvalidCursor
   */
  async deadLetters(request: PageRequest): Promise<Page<Job>> {
    const query = this.#context.knex('outbox').select('*').where({ state: 'dead' })
    return pageOf(query, { by: 'created_at_ms', type: 'integer', direction: 'desc' }, request, parseJob)
  }

  /** Gives a dead letter all its attempts again, at once; false when it is not one. */
  async revive(id: JobId): Promise<boolean> {
    const columns = { state: 'waiting', attempts: 0, due_at_ms: this.#context.clock.now() }
    const isRevived = (await this.#context.knex('outbox').where({ id, state: 'dead' }).update(columns)) > 0
    if (isRevived) this.#context.changed('outbox')
    return isRevived
  }

  /** When the next job of these kinds is due (a lease: ends); undefined when none waits. */
  async nextDueAtMs(kinds: readonly string[]): Promise<number | undefined> {
    const row = await this.#context
      .knex('outbox')
      .whereIn('kind', kinds)
      .whereIn('state', ['waiting', 'leased'])
      .min({ due_at_ms: 'due_at_ms' })
      .first<RawRow>()
    return new RowReader('outbox', row).optionalInteger('due_at_ms')
  }

  #leased(job: LeasedJob) {
    return this.#context.knex('outbox').where({ id: job.id, state: 'leased', lease_id: job.leaseId })
  }
}

/** A job whose every attempt took its worker down must not go on doing so. */
async function buryUnfinished(knex: Knex, nowMs: number): Promise<void> {
  await knex('outbox')
    .where({ state: 'leased' })
    .where('due_at_ms', '<=', nowMs)
    .whereRaw('attempts >= max_attempts')
    .update({ state: 'dead', lease_id: null, last_error: 'the worker ended without completing the job' })
}

function parseJob(row: RawRow): Job {
  const read = new RowReader('outbox', row)
  return {
    id: read.text<JobId>('id'),
    kind: read.text('kind'),
    payload: read.json('payload', z.unknown()),
    state: read.oneOf('state', jobStates),
    attempts: read.integer('attempts'),
    maxAttempts: read.integer('max_attempts'),
    dueAtMs: read.integer('due_at_ms'),
    lastError: read.optionalText('last_error'),
    createdAtMs: read.integer('created_at_ms'),
  }
}

function parseLeased(row: RawRow): LeasedJob {
  return { ...parseJob(row), leaseId: new RowReader('outbox', row).text('lease_id') }
}
