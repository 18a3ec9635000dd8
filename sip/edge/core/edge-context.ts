import type { Clock } from '../../../core/clock.ts'
import type { Logger } from '../../../core/logger.ts'
import type { AppConnections } from '../control/app-connections.ts'
import type { DialogTable } from '../dialog/dialog-table.ts'
import type { TimerQueue } from '../transaction/timer-queue.ts'
import type { TimerValues } from '../transaction/timer-values.ts'
import type { TransactionLayer } from '../transaction/transaction-layer.ts'
import type { EdgeCounters } from './edge-counters.ts'
import type { LargeRequests } from '../transport/large-requests.ts'
import type { RememberedTargets } from '../transport/remember-targets.ts'
import type { RequestRouter } from './request-router.ts'
import type { OwnAddresses } from './own-address.ts'
import type { Wire } from './wire.ts'

/** What the parts of the edge share. */
export interface EdgeContext {
  readonly clock: Clock
  readonly logger: Logger
  readonly timers: TimerQueue
  readonly values: TimerValues
  readonly wire: Wire
  readonly own: OwnAddresses
  readonly transactions: TransactionLayer
  readonly dialogs: DialogTable
  readonly apps: AppConnections
  readonly resolver: Pick<RememberedTargets, 'resolve'>
  readonly largeRequests: LargeRequests
  readonly router: RequestRouter
  readonly counters: EdgeCounters
}
