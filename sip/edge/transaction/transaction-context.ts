import type { TimerQueue } from './timer-queue.ts'
import type { TimerValues } from './timer-values.ts'

/** What all transactions of one layer share. */
export interface TransactionContext<Ended> {
  readonly timers: TimerQueue
  readonly values: TimerValues
  /** A message was sent once more. */
  retransmitted(): void
  /** The transaction has come to its end and is forgotten. */
  ended(transaction: Ended): void
}
