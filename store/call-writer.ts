import type { Clock } from '../core/clock.ts'
import { asError } from '../core/errors.ts'
import type { CallId } from '../core/ids.ts'
import type { CallEnd, CallPatch, NewCall } from './call-record.ts'
import type { Calls } from './calls.ts'

type Write = (calls: Calls) => Promise<unknown>

interface Pending {
  readonly write: Write
  readonly done: () => void
  readonly failed: (error: Error) => void
}

export interface CallWriterDeps {
  /** Runs work in one transaction: `database.transaction`. */
  readonly transaction: (work: (repositories: { readonly calls: Calls }) => Promise<void>) => Promise<void>
  readonly calls: Calls
  readonly clock: Clock
}

/** How long a write waits for others to share its transaction. */
const gatherMs = 50

/**
 * Writes call records in group commits: what a busy exchange writes of many calls within a moment costs one
 * transaction. Every method resolves when its write is on disk.
 */
export class CallWriter {
  readonly #deps: CallWriterDeps
  #pending: Pending[] = []

  constructor(deps: CallWriterDeps) {
    this.#deps = deps
  }

  open(call: NewCall): Promise<void> {
    return this.#add((calls) => calls.open(call))
  }

  update(id: CallId, patch: CallPatch): Promise<void> {
    return this.#add((calls) => calls.update(id, patch))
  }

  close(id: CallId, end: CallEnd): Promise<void> {
    return this.#add((calls) => calls.close(id, end))
  }

  #add(write: Write): Promise<void> {
    return new Promise((done, failed) => {
      this.#pending.push({ write, done, failed })
      if (this.#pending.length === 1) this.#deps.clock.after(gatherMs, () => void this.#commit())
    })
  }

  async #commit(): Promise<void> {
    const batch = this.#pending
    this.#pending = []
    try {
      await this.#deps.transaction(async ({ calls }) => {
        for (const { write } of batch) await write(calls)
      })
      for (const { done } of batch) done()
    } catch {
      await this.#writeEach(batch)
    }
  }

  /** One write that the database refuses must not take the others with it. */
  async #writeEach(batch: readonly Pending[]): Promise<void> {
    for (const { write, done, failed } of batch) {
      try {
        await write(this.#deps.calls)
        done()
      } catch (thrown) {
        failed(asError(thrown))
      }
    }
  }
}
