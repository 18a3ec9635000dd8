import type { SipMessage } from '../message/sip-message.ts'
import type { QueuedTimer, TimerQueue } from '../transaction/timer-queue.ts'

/** RFC 4028 4: no session interval may be shorter, in seconds. */
export const shortestSession = 90

/** What Session-Expires says. */
export interface SessionExpires {
  readonly seconds: number
  readonly refresher: 'uac' | 'uas' | undefined
}

export function sessionExpiresOf(message: SipMessage): SessionExpires | undefined {
  const seconds = message.seconds('Session-Expires')
  if (seconds === undefined) return undefined
  const named = /;\s*refresher\s*=\s*(uac|uas)\b/i.exec(message.get('Session-Expires') ?? '')?.[1]?.toLowerCase()
  return { seconds, refresher: named === 'uac' || named === 'uas' ? named : undefined }
}

/** Whether the sender knows session timers. */
export function knowsSessionTimers(message: SipMessage): boolean {
  return ['Supported', 'Require'].some((name) =>
    message.values(name).some((option) => option.toLowerCase() === 'timer'),
  )
}

export interface SessionTimerOptions {
  readonly seconds: number
  readonly isOurs: boolean
  /** Half of the time is over and refreshing is ours. */
  refresh(): void
  /** Nobody has refreshed the session in time. */
  expired(): void
}

/** Ends a session that nobody refreshes, and refreshes it when that is ours to do (RFC 4028 10). */
export class SessionTimer {
  readonly #refresh: QueuedTimer | undefined
  readonly #expiry: QueuedTimer

  constructor(timers: TimerQueue, options: SessionTimerOptions) {
    const { seconds, isOurs } = options
    // Who waits for a refresh ends the session a little before its time; who refreshes has had half of it to do so.
    const graceSeconds = isOurs ? 0 : Math.min(32, Math.floor(seconds / 3))
    this.#expiry = timers.after((seconds - graceSeconds) * 1000, () => options.expired())
    if (isOurs) this.#refresh = timers.after((seconds / 2) * 1000, () => options.refresh())
  }

  stop(): void {
    this.#refresh?.cancel()
    this.#expiry.cancel()
  }
}
