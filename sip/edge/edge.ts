import { randomBytes } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import { Disposer } from '../../core/disposer.ts'
import { asError } from '../../core/errors.ts'
import type { Logger } from '../../core/logger.ts'
import { ControlServer } from './control/control-server.ts'
import { buildContext } from './core/build-context.ts'
import type { EdgeContext } from './core/edge-context.ts'
import type { Gate } from './core/gate.ts'
import type { Intercept } from './core/intercept.ts'
import { MessageDispatch } from './core/message-dispatch.ts'
import type { OwnAddresses } from './core/own-address.ts'
import { SipTrace } from './core/sip-trace.ts'
import type { EdgeStats } from './edge-stats.ts'
import type { TimerValues } from './transaction/timer-values.ts'
import type { DnsClient } from './transport/dns-client.ts'
import type { BoundPoint, ListenPoint } from './transport/listen-point.ts'
import type { TlsIdentity } from './transport/tls-identity.ts'
import { TransportLayer } from './transport/transport-layer.ts'
import type { TransportLimits } from './transport/transport-limits.ts'
import type { Upgrade } from './transport/web-socket-listener.ts'

export type { Gate } from './core/gate.ts'
export type { Intercept, LocalAnswer } from './core/intercept.ts'
export type { TracedMessage } from './core/sip-trace.ts'
export type { EdgeStats } from './edge-stats.ts'

export interface EdgeOptions {
  readonly listen: readonly ListenPoint[]
  /** Where applications connect; without it on this machine alone, a free port, with a secret nobody knows. */
  readonly control?: { readonly host: string; readonly port: number; readonly secret: string }
  readonly clock: Clock
  readonly logger: Logger
  /** Answers requests outside dialogs by itself, before any application sees them. */
  readonly intercept?: Intercept
  /** Turns away whom it does not want; without it everybody may come. */
  readonly gate?: Gate
  /** Needed for TLS and WSS points, and to prove who we are to TLS servers. */
  readonly tls?: TlsIdentity
  readonly dns?: DnsClient
  readonly timers?: Partial<TimerValues>
  readonly limits?: Partial<TransportLimits> & {
    /** How many server transactions may be open at a time; more requests are answered 503. */
    readonly transactions?: number
  }
}

/** A running SIP server that applications control as they would drachtio-server. */
export interface Edge extends AsyncDisposable {
  /** What listens, with the ports that were taken. */
  readonly points: readonly BoundPoint[]
  /** Where applications connect. */
  readonly control: { readonly host: string; readonly port: number }
  /** Event `message` for every SIP message that comes or goes. */
  readonly trace: SipTrace
  stats(): EdgeStats
  /** A new certificate for the connections to come. */
  useIdentity(identity: TlsIdentity): void
  /** Takes over a WebSocket that came to another HTTP server, for example at `/sip` of the web application. */
  acceptUpgrade(upgrade: Upgrade, protocol: 'ws' | 'wss'): void
  close(): Promise<void>
}

/** Starts the SIP server. @throws StartupError when a port cannot be had. */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const { clock, logger, listen, gate, limits = {} } = options
  const disposer = new Disposer()
  const trace = new SipTrace()
  const transport = disposer.use(
    new TransportLayer({ listen, clock, logger, limits, gate, ...(options.tls && { tls: options.tls }) }),
  )
  const transactionLimit = limits.transactions
  const context = buildContext({
    clock,
    logger,
    transport,
    trace,
    transactionLimit,
    dns: options.dns,
    timers: options.timers,
  })
  const { apps, own } = context
  disposer.use(context.timers)
  disposer.use(context.transactions)
  const at = options.control ?? { host: '127.0.0.1', port: 0, secret: randomBytes(24).toString('base64url') }
  const dispatch = new MessageDispatch(context, { secret: at.secret, intercept: options.intercept, gate })
  dispatch.listenTo(transport)
  const hostports = () => transport.points.map((point) => hostport(point, own)).join(',')
  try {
    await transport.start()
    const control = disposer.use(
      await ControlServer.open(at, {
        secret: at.secret,
        apps,
        clock,
        logger,
        hostports,
        command: (app, command) => dispatch.obey(app, command),
        lost: (app) => dispatch.appLost(app),
      }),
    )
    return {
      points: transport.points,
      control: control.address,
      trace,
      stats: () => statsOf(context, transport),
      useIdentity: (identity) => transport.useIdentity(identity),
      acceptUpgrade: (upgrade, protocol) => transport.acceptUpgrade(upgrade, protocol),
      close: () => disposer.close(),
      [Symbol.asyncDispose]: () => disposer.close(),
    }
  } catch (thrown) {
    await disposer.close()
    throw asError(thrown)
  }
}

/** `udp/192.0.2.1:5060`, as drachtio-server lists its transports. */
function hostport(point: BoundPoint, own: OwnAddresses): string {
  const { host, port } = own.towards(point.host.includes(':') ? '::' : '0.0.0.0', point)
  return `${point.protocol}/${host}:${port}`
}

function statsOf({ counters, transactions, dialogs, apps }: EdgeContext, transport: TransportLayer): EdgeStats {
  const { retransmissions, ...open } = transactions.counts()
  return {
    ...counters.snapshot(),
    retransmissions,
    transactions: open,
    dialogs: dialogs.size,
    applications: apps.size,
    transport: transport.stats(),
  }
}
