import type { QueuedTimer, TimerQueue } from '../transaction/timer-queue.ts'
import type { TimerValues } from '../transaction/timer-values.ts'

export interface RepeatedAnswerOptions {
  readonly timers: TimerQueue
  readonly values: TimerValues
  /** The longest gap; a 2xx has T2 (RFC 3261 13.3.1.4), a reliable 1xx doubles on (RFC 3262 3). */
  readonly longestGapMs: number
  /** Sends the answer once more. */
  repeat(): void
  /** 64*T1 have passed without an acknowledgement. */
  gaveUp(): void
}

/** An answer that is sent again and again until the far end acknowledges it: a 2xx to INVITE, or a reliable 1xx. */
export class RepeatedAnswer {
  readonly #options: RepeatedAnswerOptions
  #gapMs: number
  #next: QueuedTimer | undefined
  #end: QueuedTimer

  /** Starts the repeating; the first sending is the caller's. */
  constructor(options: RepeatedAnswerOptions) {
    this.#options = options
    this.#gapMs = options.values.t1
    this.#end = options.timers.after(options.values.patience, () => {
      this.stop()
      options.gaveUp()
    })
    this.#schedule()
  }

  /** The acknowledgement came. */
  stop(): void {
    this.#next?.cancel()
    this.#end.cancel()
  }

  #schedule(): void {
    this.#next = this.#options.timers.after(this.#gapMs, () => {
      this.#gapMs = Math.min(this.#gapMs * 2, this.#options.longestGapMs)
      this.#schedule()
      this.#options.repeat()
    })
  }
}
