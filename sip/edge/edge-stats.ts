import type { TransactionCounts } from './transaction/transaction-layer.ts'
import type { TransportStats } from './transport/transport-stats.ts'

/** How many, by method or by status class (`2xx`). */
export type CountsByName = Readonly<Record<string, number>>

/** What the edge has done since its start, and what it holds now. */
export interface EdgeStats {
  readonly requestsIn: CountsByName
  readonly requestsOut: CountsByName
  /** Answers that came, by status class. */
  readonly responsesIn: CountsByName
  readonly responsesOut: CountsByName
  readonly retransmissions: number
  readonly malformed: number
  /** Messages that belonged to nothing and were dropped. */
  readonly strays: number
  /** Requests refused because there were too many at a time. */
  readonly overloads: number
  /** Open now. */
  readonly transactions: Omit<TransactionCounts, 'retransmissions'>
  readonly dialogs: number
  readonly applications: number
  readonly transport: TransportStats
}
