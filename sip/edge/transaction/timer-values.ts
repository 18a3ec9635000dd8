/** The timers of RFC 3261 (table 4) and RFC 6026, all in milliseconds. */
export interface TimerValues {
  /** Estimate of a round trip; the first retransmission comes after this long. */
  readonly t1: number
  /** The longest gap between retransmissions of a non-INVITE request or an INVITE's answer. */
  readonly t2: number
  /** How long a message may live in the network. */
  readonly t4: number
  /** How long a transaction waits for the other side at all: 64*T1 (timers B, F, H, J, L, M). */
  readonly patience: number
  /** Timer D: how long a refused INVITE's transaction absorbs repeated answers on an unreliable transport. */
  readonly d: number
}

export const standardTimers: TimerValues = { t1: 500, t2: 4000, t4: 5000, patience: 32_000, d: 32_000 }
