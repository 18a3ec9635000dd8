/** A pending callback; cancelling one that has run does nothing. */
export interface Timer {
  cancel(): void
}

/** Where every other module gets its time from, so that tests can hold it in their hands. */
export interface Clock {
  /** Milliseconds since the epoch. May jump when the machine's time is set: for records, not for durations. */
  now(): number
  /** Milliseconds that only ever grow: for durations. */
  monotonicMs(): number
  /** Runs `run` once after `ms` milliseconds. */
  after(ms: number, run: () => void): Timer
  /** Runs `run` every `ms` milliseconds until cancelled. */
  every(ms: number, run: () => void): Timer
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when aborted before. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The longest delay that `setTimeout` takes without firing at once. */
const longestDelayMs = 2 ** 31 - 1

export function sleepWith(clock: Pick<Clock, 'after'>, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const aborted = () => {
      timer.cancel()
      reject(signal?.reason as Error)
    }
    const timer = clock.after(ms, () => {
      signal?.removeEventListener('abort', aborted)
      resolve()
    })
    signal?.addEventListener('abort', aborted, { once: true })
  })
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(ms, run) {
    const handle = setTimeout(run, Math.min(ms, longestDelayMs))
    return { cancel: () => clearTimeout(handle) }
  },
  every(ms, run) {
    const handle = setInterval(run, ms)
    return { cancel: () => clearInterval(handle) }
  },
  sleep: (ms, signal) => sleepWith(systemClock, ms, signal),
}
