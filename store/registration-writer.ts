import type { Clock, Timer } from '../core/clock.ts'
import { asError, ClosedError } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import { bindingKey, type Binding, type BindingKey } from './binding.ts'
import { isRefusedValue } from './refused-value.ts'
import type { Registrations } from './registrations.ts'

export interface RegistrationWriterOptions {
  readonly registrations: Pick<Registrations, 'upsertMany' | 'removeMany'>
  readonly clock: Clock
  readonly logger: Logger
  /** How long a batch gathers after its first awaited change. */
  readonly gatherMs?: number | undefined
  /** How long a change that nobody waits for may stay unwritten. */
  readonly lazyMs?: number | undefined
  /** A batch of so many rows is written without waiting for more. */
  readonly largestBatch?: number | undefined
}

export interface RegistrationWriterStats {
  /** Changes that are not on disk yet. */
  readonly pending: number
  readonly batches: number
  /** Batches that failed; they were tried again. */
  readonly failures: number
  /** Changes that the database refused for good. */
  readonly refused: number
}

interface Waiter {
  resolve(): void
  reject(error: Error): void
}

interface Change {
  readonly key: BindingKey
  /** Undefined: the binding goes. */
  readonly binding: Binding | undefined
  readonly waiters: Waiter[]
}

const firstRetryMs = 100
const longestRetryMs = 5_000

/**
 * Writes bindings in batches, so that thousands of phones that register at once cost a few commits. What is told first is
 * committed first; of several changes to one binding only the last is written. While the database is away changes are
 * kept and tried again.
 */
export class RegistrationWriter implements AsyncDisposable {
  readonly #registrations: Pick<Registrations, 'upsertMany' | 'removeMany'>
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #gatherMs: number
  readonly #lazyMs: number
  readonly #largestBatch: number
  #pending = new Map<BindingKey, Change>()
  #timer: (Timer & { readonly atMs: number }) | undefined
  #flushing: Promise<void> | undefined
  #closing: Promise<void> | undefined
  #failuresInARow = 0
  #stats = { batches: 0, failures: 0, refused: 0 }

  constructor(options: RegistrationWriterOptions) {
    this.#registrations = options.registrations
    this.#clock = options.clock
    this.#logger = options.logger
    this.#gatherMs = options.gatherMs ?? 20
    this.#lazyMs = options.lazyMs ?? 1_000
    this.#largestBatch = options.largestBatch ?? 500
  }

  get stats(): RegistrationWriterStats {
    return { ...this.#stats, pending: this.#pending.size }
  }

  /** Resolves when the binding, or a later state of it, is committed; rejects when the database refuses it for good. */
  write(binding: Binding): Promise<void> {
    return this.#await(bindingKey(binding), binding)
  }

  /** Written within a second, for refreshes: losing one in a crash leaves an older expiry time, no more. */
  writeLater(binding: Binding): void {
    if (this.#closing) return
    this.#put({ key: bindingKey(binding), binding, waiters: [] })
    this.#flushAfter(this.#lazyMs)
  }

  /** Resolves when the binding is gone from the database, or a later state of it is there. */
  remove(binding: Pick<Binding, 'deviceId' | 'contact' | 'instanceId' | 'regId'>): Promise<void> {
    return this.#await(bindingKey(binding), undefined)
  }

  /**
   * Writes what is pending and takes nothing more. What the database does not take now is lost: its writers are told, and
   * @throws the reason
   */
  close(): Promise<void> {
    this.#closing ??= this.#writeLast()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #await(key: BindingKey, binding: Binding | undefined): Promise<void> {
    if (this.#closing) return Promise.reject(new ClosedError('registrations are no longer written'))
    return new Promise((resolve, reject) => {
      this.#put({ key, binding, waiters: [{ resolve, reject }] })
      this.#flushAfter(this.#pending.size >= this.#largestBatch ? 0 : this.#gatherMs)
    })
  }

  #put(change: Change): void {
    const earlier = this.#pending.get(change.key)
    this.#pending.set(change.key, { ...change, waiters: [...(earlier?.waiters ?? []), ...change.waiters] })
  }

  #flushAfter(ms: number): void {
    if (this.#flushing || this.#closing) return
    const delayMs = Math.max(ms, this.#retryMs())
    const atMs = this.#clock.monotonicMs() + delayMs
    if (this.#timer && this.#timer.atMs <= atMs) return
    this.#timer?.cancel()
    const timer = this.#clock.after(delayMs, () => void this.#flush())
    this.#timer = { atMs, cancel: () => timer.cancel() }
  }

  /** How long to leave a database alone that has just failed. */
  #retryMs(): number {
    if (this.#failuresInARow === 0) return 0
    return Math.min(firstRetryMs * 2 ** (this.#failuresInARow - 1), longestRetryMs)
  }

  /** One batch at a time: of two that hold the same binding the later must not be overtaken. */
  #flush(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#flushing ??= this.#writePending().finally(() => {
      this.#flushing = undefined
      // What came meanwhile has gathered long enough.
      if (this.#pending.size === 0 || this.#closing) return
      if (this.#failuresInARow === 0) void this.#flush()
      else this.#flushAfter(0)
    })
    return this.#flushing
  }

  async #writePending(): Promise<void> {
    const batch = [...this.#pending.values()]
    this.#pending = new Map()
    this.#stats.batches += 1
    try {
      await this.#apply(batch)
      this.#failuresInARow = 0
      for (const change of batch) settle(change)
    } catch (thrown) {
      await this.#afterFailure(batch, asError(thrown))
    }
  }

  async #apply(batch: readonly Change[]): Promise<void> {
    const written = batch.flatMap(({ binding }) => binding ?? [])
    const gone = batch.flatMap(({ key, binding }) => (binding ? [] : key))
    await this.#registrations.upsertMany(written)
    await this.#registrations.removeMany(gone)
  }

  async #afterFailure(batch: readonly Change[], error: Error): Promise<void> {
    this.#stats.failures += 1
    if (!isRefusedValue(error)) return this.#tryAgain(batch, error)
    this.#failuresInARow = 0
    const [only, ...others] = batch
    if (only && others.length === 0) return this.#refuse(only, error)
    // One row spoils the statement for all: alone the others get through.
    for (const change of batch) {
      await this.#apply([change]).then(
        () => settle(change),
        (thrown: unknown) => this.#afterFailure([change], asError(thrown)),
      )
    }
  }

  #refuse(change: Change, error: Error): void {
    this.#stats.refused += 1
    this.#logger.error({ err: error, binding: change.key }, 'the database refuses a registration')
    settle(change, error)
  }

  #tryAgain(batch: readonly Change[], error: Error): void {
    this.#failuresInARow += 1
    this.#putBack(batch)
    const fields = { err: error, pending: this.#pending.size, retryMs: this.#retryMs() }
    this.#logger.error(fields, 'registrations could not be stored, will be tried again')
  }

  /** Before what came meanwhile, which is newer. */
  #putBack(batch: readonly Change[]): void {
    const newer = this.#pending
    this.#pending = new Map(batch.map((change) => [change.key, change]))
    for (const change of newer.values()) this.#put(change)
  }

  async #writeLast(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = undefined
    await this.#flushing
    if (this.#pending.size === 0) return
    await this.#writePending()
    const lost = [...this.#pending.values()]
    if (lost.length === 0) return
    this.#pending = new Map()
    const error = new ClosedError(`${lost.length} registrations could not be stored`)
    for (const change of lost) settle(change, error)
    throw error
  }
}

function settle({ waiters }: Change, error?: Error): void {
  for (const waiter of waiters) {
    if (error) waiter.reject(error)
    else waiter.resolve()
  }
}
