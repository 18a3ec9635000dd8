import { performance } from 'node:perf_hooks'

/** One tick of the packet clock: what everything that makes sound counts in. */
export const tickMs = 20

/** Something that does a step of work each tick. */
export interface Tickable {
  tick(nowMs: number): void
}

/** After being held up for longer than that, the ticks that were missed are left out. */
const mostTicksAtOnce = 10

/** Ticks every 20 ms against the monotonic clock: late ticks are caught up, so the count never drifts. It rests while nobody listens. */
export class PacketClock {
  readonly #listeners = new Set<Tickable>()
  readonly #onError: (error: unknown, listener: Tickable) => void
  #dueMs = 0
  #timer: NodeJS.Timeout | undefined
  #worstLatenessMs = 0

  /** @param onError a listener threw; it has been taken off */
  constructor(onError: (error: unknown, listener: Tickable) => void) {
    this.#onError = onError
  }

  add(listener: Tickable): void {
    this.#listeners.add(listener)
    if (this.#timer) return
    this.#dueMs = performance.now() + tickMs
    this.#wait()
  }

  remove(listener: Tickable): void {
    this.#listeners.delete(listener)
  }

  /** The greatest lateness of a tick since this was last asked. */
  takeWorstLatenessMs(): number {
    const worst = this.#worstLatenessMs
    this.#worstLatenessMs = 0
    return worst
  }

  close(): void {
    this.#listeners.clear()
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #wait(): void {
    this.#timer = setTimeout(() => this.#run(), Math.max(0, this.#dueMs - performance.now()))
  }

  #run(): void {
    const nowMs = performance.now()
    this.#worstLatenessMs = Math.max(this.#worstLatenessMs, nowMs - this.#dueMs)
    if (nowMs - this.#dueMs > mostTicksAtOnce * tickMs) this.#dueMs = nowMs
    while (this.#dueMs <= nowMs) {
      this.#tick(this.#dueMs)
      this.#dueMs += tickMs
    }
    this.#timer = undefined
    if (this.#listeners.size > 0) this.#wait()
  }

  #tick(nowMs: number): void {
    for (const listener of this.#listeners) {
      try {
        listener.tick(nowMs)
      } catch (error) {
        this.#listeners.delete(listener)
        this.#onError(error, listener)
      }
    }
  }
}
