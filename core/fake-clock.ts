import { sleepWith, type Clock, type Timer } from './clock.ts'

interface Due {
  readonly atMs: number
  readonly order: number
  readonly everyMs: number | undefined
  readonly run: () => void
}

/** A clock for tests: stands still until told to advance. */
export class FakeClock implements Clock {
  #nowMs = 0
  #order = 0
  readonly #startMs: number
  readonly #due = new Set<Due>()

  constructor(startMs = Date.UTC(2026, 0, 5, 9, 0, 0)) {
    this.#startMs = startMs
  }

  now(): number {
    return this.#startMs + this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  after(ms: number, run: () => void): Timer {
    return this.#schedule(ms, run, undefined)
  }

  every(ms: number, run: () => void): Timer {
    return this.#schedule(ms, run, ms)
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepWith(this, ms, signal)
  }

  /** How many timers wait: a test that ends with some has a leak. */
  get pending(): number {
    return this.#due.size
  }

  /** Moves time on, running what falls due in order and letting promises settle after each. */
  async advance(ms: number): Promise<void> {
    const targetMs = this.#nowMs + ms
    for (let next = this.#earliest(targetMs); next; next = this.#earliest(targetMs)) {
      this.#due.delete(next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      if (next.everyMs !== undefined) this.#due.add({ ...next, atMs: next.atMs + next.everyMs })
      next.run()
      await settled()
    }
    this.#nowMs = targetMs
    await settled()
  }

  #schedule(ms: number, run: () => void, everyMs: number | undefined): Timer {
    const order = this.#order++
    this.#due.add({ atMs: this.#nowMs + Math.max(0, ms), order, everyMs, run })
    return {
      cancel: () => {
        for (const due of this.#due) if (due.order === order) this.#due.delete(due)
      },
    }
  }

  #earliest(untilMs: number): Due | undefined {
    let found: Due | undefined
    for (const due of this.#due) {
      if (due.atMs > untilMs) continue
      if (!found || due.atMs < found.atMs || (due.atMs === found.atMs && due.order < found.order)) found = due
    }
    return found
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
