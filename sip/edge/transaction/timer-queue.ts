import type { Clock, Timer } from '../../../core/clock.ts'
import { asError } from '../../../core/errors.ts'

/** Timers due within this many milliseconds of each other share one wake-up of the clock. */
const wakeGapMs = 5

/** Who is told that a timer of its ran out, and which. */
export interface TimerOwner<Name> {
  timerFired(name: Name): void
}

/** One waiting timer: a link of the list of all timers of the same duration. */
export class QueuedTimer {
  readonly dueMs: number
  readonly owner: TimerOwner<unknown>
  readonly name: unknown
  list: TimerList | undefined
  before: QueuedTimer | undefined
  after: QueuedTimer | undefined

  constructor(dueMs: number, owner: TimerOwner<unknown>, name: unknown) {
    this.dueMs = dueMs
    this.owner = owner
    this.name = name
  }

  /** Cancelling a timer that has run does nothing. */
  cancel(): void {
    this.list?.remove(this)
  }
}

/** Timers of one duration in the order they were set, which is the order they fall due. */
class TimerList {
  readonly durationMs: number
  first: QueuedTimer | undefined
  #last: QueuedTimer | undefined

  constructor(durationMs: number) {
    this.durationMs = durationMs
  }

  append(timer: QueuedTimer): void {
    timer.list = this
    timer.before = this.#last
    if (this.#last) this.#last.after = timer
    else this.first = timer
    this.#last = timer
  }

  remove(timer: QueuedTimer): void {
    if (timer.before) timer.before.after = timer.after
    else this.first = timer.after
    if (timer.after) timer.after.before = timer.before
    else this.#last = timer.before
    timer.list = timer.before = timer.after = undefined
  }
}

/** The owner of timers that are callbacks. */
const callers: TimerOwner<() => void> = { timerFired: (fire) => fire() }

/**
 * Many timers over one clock. SIP uses few different durations, so timers of one duration form a list that is in order by
 * itself: setting and cancelling cost a few assignments however many wait, and the clock holds a single timer for all.
 */
export class TimerQueue {
  readonly #clock: Clock
  readonly #failed: (error: Error) => void
  readonly #lists = new Map<number, TimerList>()
  #wake: Timer | undefined
  #wakeAtMs = Number.POSITIVE_INFINITY

  /** `failed` is told what a timer's callback threw; the other timers go on. */
  constructor(clock: Clock, failed: (error: Error) => void) {
    this.#clock = clock
    this.#failed = failed
  }

  /** Runs `fire` once after `ms` milliseconds; may be late by some milliseconds, never early. */
  after(ms: number, fire: () => void): QueuedTimer {
    return this.tell(ms, callers, fire)
  }

  /** Tells `owner` the `name` after `ms` milliseconds: for the many timers of transactions, because it needs no closure. */
  tell<Name>(ms: number, owner: TimerOwner<Name>, name: Name): QueuedTimer {
    const nowMs = this.#clock.monotonicMs()
    const timer = new QueuedTimer(nowMs + ms, owner, name)
    let list = this.#lists.get(ms)
    if (!list) this.#lists.set(ms, (list = new TimerList(ms)))
    list.append(timer)
    if (timer.dueMs < this.#wakeAtMs) this.#wakeAt(timer.dueMs, nowMs)
    return timer
  }

  /** How many timers wait. Walks them all: for tests. */
  get size(): number {
    let count = 0
    for (const list of this.#lists.values()) for (let timer = list.first; timer; timer = timer.after) count++
    return count
  }

  /** Drops every timer without running it. */
  close(): void {
    this.#lists.clear()
    this.#wake?.cancel()
    this.#wake = undefined
    this.#wakeAtMs = Number.POSITIVE_INFINITY
  }

  #wakeAt(dueMs: number, nowMs: number): void {
    this.#wake?.cancel()
    this.#wakeAtMs = dueMs
    this.#wake = this.#clock.after(Math.max(dueMs - nowMs, 0), () => this.#runDue())
  }

  #fire(timer: QueuedTimer): void {
    try {
      timer.owner.timerFired(timer.name)
    } catch (thrown) {
      this.#failed(asError(thrown))
    }
  }

  #runDue(): void {
    this.#wake = undefined
    this.#wakeAtMs = Number.POSITIVE_INFINITY
    const nowMs = this.#clock.monotonicMs()
    let earliestMs = Number.POSITIVE_INFINITY
    for (const [durationMs, list] of this.#lists) {
      for (let timer = list.first; timer && timer.dueMs <= nowMs; timer = list.first) {
        list.remove(timer)
        this.#fire(timer)
      }
      if (!list.first) this.#lists.delete(durationMs)
      else earliestMs = Math.min(earliestMs, list.first.dueMs)
    }
    if (earliestMs < this.#wakeAtMs) this.#wakeAt(Math.max(earliestMs, nowMs + wakeGapMs), nowMs)
  }
}
