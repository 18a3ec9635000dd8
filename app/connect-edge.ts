import { randomBytes } from 'node:crypto'
import type { SipServer } from '../admin-api/live-parts.ts'
import type { Config } from '../config/config.ts'
import type { Clock } from '../core/clock.ts'
import { StartupError } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import type { Defence } from '../sip/agent/defence/defence.ts'
import type { Registrar } from '../sip/agent/registrar.ts'
import type { SipAgent } from '../sip/agent/sip-agent.ts'
import type { SipTrace } from '../sip/agent/sip-trace.ts'
import { startEdge, type EdgeStats } from '../sip/edge/edge.ts'
import { localAddressTowards } from './local-address.ts'
import { traceMessage } from './trace-messages.ts'

/** The SIP edge that phones talk to, with the agent connected to it. */
export interface ConnectedEdge {
  /** Where phones find it. */
  readonly servers: readonly SipServer[]
  /** Undefined when another program is the edge. */
  readonly stats: (() => EdgeStats) | undefined
  close(): Promise<void>
}

export interface EdgeDeps {
  readonly agent: SipAgent
  readonly registrar: Registrar
  readonly trace: SipTrace
  readonly defence: Defence
  readonly clock: Clock
  readonly log: Logger
}

const connectMs = 10_000

/** @throws StartupError when a port is taken or the drachtio-server does not answer */
export function connectEdge(config: Config, deps: EdgeDeps): Promise<ConnectedEdge> {
  switch (config.sip.edge) {
    case 'embedded':
      return startEmbedded(config, deps)
    case 'drachtio':
      return connectDrachtio(config, deps)
  }
}

async function startEmbedded(config: Config, deps: EdgeDeps): Promise<ConnectedEdge> {
  const { agent, registrar, trace, defence, clock, log } = deps
  const secret = randomBytes(24).toString('base64url')
  const edge = await startEdge({
    listen: config.sip.listen,
    control: { host: '127.0.0.1', port: 0, secret },
    clock,
    logger: log,
    // Registrar and first challenge answer inside the edge: the same code serves drachtio-server's path, one hop later.
    intercept: (request, flow) => {
      const source = { protocol: flow.protocol, address: flow.remoteAddress, port: flow.remotePort }
      switch (request.method) {
        case 'REGISTER':
          return registrar.handle(request, source)
        case 'INVITE':
        case 'SUBSCRIBE':
          return request.has('authorization') ? undefined : agent.challenge(request, source)
        default:
          return undefined
      }
    },
    gate: defence,
    limits: { connections: config.limits.sipConnections },
  })
  const untrace = edge.trace.on('message', (message) => traceMessage(trace, message))
  await agent.connect({ host: edge.control.host, port: edge.control.port, secret })
  return {
    servers: edge.points.map(({ protocol, host, port }) => ({ transport: protocol, host: shownHost(host), port })),
    stats: () => edge.stats(),
    close: async () => {
      untrace()
      agent.close()
      await edge.close()
    },
  }
}

async function connectDrachtio(config: Config, { agent }: EdgeDeps): Promise<ConnectedEdge> {
  const [server] = config.sip.drachtio
  if (!server) throw new StartupError('sip.edge is drachtio, but sip.drachtio (STROWGER_SIP_DRACHTIO) names no server')
  try {
    await agent.connect(server, AbortSignal.timeout(connectMs))
  } catch (cause) {
    agent.close()
    const where = `${server.host}:${server.port}`
    throw new StartupError(`the drachtio-server at ${where} does not answer, or refuses the secret`, { cause })
  }
  return {
    servers: [],
    stats: undefined,
    close: async () => agent.close(),
  }
}

/** Phones cannot register with `0.0.0.0`. */
function shownHost(host: string): string {
  if (host === '0.0.0.0') return localAddressTowards(undefined)
  return host === '::' ? localAddressTowards('::') : host
}
