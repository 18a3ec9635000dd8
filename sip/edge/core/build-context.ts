import type { Clock } from '../../../core/clock.ts'
import type { Logger } from '../../../core/logger.ts'
import { AppConnections } from '../control/app-connections.ts'
import { DialogTable } from '../dialog/dialog-table.ts'
import { TimerQueue } from '../transaction/timer-queue.ts'
import { standardTimers, type TimerValues } from '../transaction/timer-values.ts'
import { TransactionLayer } from '../transaction/transaction-layer.ts'
import { systemDns, type DnsClient } from '../transport/dns-client.ts'
import { LargeRequests } from '../transport/large-requests.ts'
import { RememberedTargets } from '../transport/remember-targets.ts'
import { TargetResolver } from '../transport/resolve-target.ts'
import type { TransportLayer } from '../transport/transport-layer.ts'
import type { EdgeContext } from './edge-context.ts'
import { EdgeCounters } from './edge-counters.ts'
import { OwnAddresses } from './own-address.ts'
import { RequestRouter } from './request-router.ts'
import type { SipTrace } from './sip-trace.ts'
import { Wire } from './wire.ts'

export interface ContextOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly transport: Pick<TransportLayer, 'flowTo' | 'points'>
  readonly trace: SipTrace
  readonly dns?: DnsClient | undefined
  readonly timers?: Partial<TimerValues> | undefined
  readonly transactionLimit?: number | undefined
}

/** A completed REGISTER is kept for 32 s: this is room for about 6,000 requests a second. */
const defaultTransactionLimit = 200_000

/** Everything that the parts of an edge share, over this transport. */
export function buildContext(options: ContextOptions): EdgeContext {
  const { clock, logger, transport, trace, transactionLimit = defaultTransactionLimit } = options
  const wire = new Wire(transport, trace, clock)
  const values = { ...standardTimers, ...options.timers }
  const timers = new TimerQueue(clock, (err) => logger.error({ err }, 'a timer failed'))
  const resolver = new TargetResolver({ dns: options.dns ?? systemDns(), clock })
  const own = new OwnAddresses(() => clock.monotonicMs())
  return {
    clock,
    logger,
    timers,
    values,
    wire,
    own,
    transactions: new TransactionLayer({ timers, values, limit: transactionLimit }),
    dialogs: new DialogTable(),
    apps: new AppConnections(),
    resolver: new RememberedTargets(resolver, clock),
    largeRequests: new LargeRequests(transport, clock),
    router: new RequestRouter(wire, own, () => transport.points),
    counters: new EdgeCounters(),
  }
}
