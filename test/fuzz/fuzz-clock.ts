import { sleepWith, type Clock, type Timer } from '../../core/clock.ts'

interface Due {
  atMs: number
  readonly everyMs: number | undefined
  readonly run: () => void
}

/** A clock that is moved on by hand and runs what falls due at once, without letting promises settle in between. */
export class FuzzClock implements Clock {
  #nowMs = 0
  readonly #due = new Set<Due>()

  now(): number {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  after(ms: number, run: () => void): Timer {
    return this.#add({ atMs: this.#nowMs + ms, everyMs: undefined, run })
  }

  every(ms: number, run: () => void): Timer {
    return this.#add({ atMs: this.#nowMs + ms, everyMs: ms, run })
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepWith(this, ms, signal)
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#due.size
  }

  advance(ms: number): void {
    const untilMs = this.#nowMs + ms
    for (let next = this.#earliest(untilMs); next; next = this.#earliest(untilMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      if (next.everyMs === undefined) this.#due.delete(next)
      else next.atMs += next.everyMs
      next.run()
    }
    this.#nowMs = untilMs
  }

  #add(due: Due): Timer {
    this.#due.add(due)
    return { cancel: () => void this.#due.delete(due) }
  }

  #earliest(untilMs: number): Due | undefined {
    let found: Due | undefined
    for (const due of this.#due) if (due.atMs <= untilMs && (!found || due.atMs < found.atMs)) found = due
    return found
  }
}
