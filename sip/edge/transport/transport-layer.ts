import { isIP } from 'node:net'
import type { Clock, Timer } from '../../../core/clock.ts'
import { asError, ClosedError } from '../../../core/errors.ts'
import type { Logger } from '../../../core/logger.ts'
import { TypedEmitter } from '../../../core/typed-emitter.ts'
import type { AnySipMessage } from '../message/parse-message.ts'
import type { ParseFault } from '../message/parse-fault.ts'
import type { SipRequest } from '../message/sip-request.ts'
import type { AddressGate } from './address-gate.ts'
import { Admission } from './admission.ts'
import { connectTcp } from './connect-tcp.ts'
import { connectTls } from './connect-tls.ts'
import { Connection, lingerMs, type ConnectionDeps } from './connection.ts'
import { ConnectionPool } from './connection-pool.ts'
import { endpointKey, type Flow, type Target } from './flow.ts'
import type { BoundPoint, ListenPoint } from './listen-point.ts'
import type { Listener } from './listener.ts'
import { MalformedLog } from './malformed-log.ts'
import { openListener, type ListenerDeps } from './open-listener.ts'
import { pickPoint } from './pick-point.ts'
import { plainAddress } from './plain-address.ts'
import { StreamConnection } from './stream-connection.ts'
import type { TlsIdentity } from './tls-identity.ts'
import { Unreachable } from './transport-error.ts'
import type { TransportEvents, TransportSink } from './transport-events.ts'
import { defaultTransportLimits, type TransportLimits } from './transport-limits.ts'
import { TransportCounters, type TransportStats } from './transport-stats.ts'
import { UdpPoint } from './udp-point.ts'
import { SipUpgrader, type Upgrade } from './web-socket-listener.ts'
import { WebSocketConnection } from './web-socket-connection.ts'

export interface TransportOptions {
  readonly listen: readonly ListenPoint[]
  readonly clock: Clock
  readonly logger: Logger
  /** Needed for TLS and WSS points. */
  readonly tls?: TlsIdentity
  readonly limits?: Partial<TransportLimits>
  /** Without it every address may send. */
  readonly gate?: AddressGate | undefined
}

const checkEveryMs = 1_000

/** All sockets of the SIP edge: messages in, messages out, connections kept and reused (RFC 3261 18). */
export class TransportLayer extends TypedEmitter<TransportEvents> {
  readonly #options: TransportOptions
  readonly #limits: TransportLimits
  readonly #counters = new TransportCounters()
  readonly #pool = new ConnectionPool()
  readonly #connecting = new Map<string, Promise<Flow>>()
  readonly #admission: Admission
  readonly #upgrader: SipUpgrader
  readonly #malformedLog: MalformedLog
  readonly #sink: TransportSink = {
    message: (message, flow, bytes) => this.#received(message, flow, bytes),
    malformed: (fault, flow, request, bytes) => this.#refused(fault, flow, request, bytes),
    keepAlive: () => this.#counters.keepAlives++,
  }
  #udp: UdpPoint[] = []
  #listeners: Listener[] = []
  #identity: TlsIdentity | undefined
  #checking: Timer | undefined
  #isClosed = false

  constructor(options: TransportOptions) {
    super()
    this.#options = options
    this.#limits = { ...defaultTransportLimits, ...options.limits }
    this.#identity = options.tls
    this.#admission = new Admission(this.#limits, this.#counters, options.gate)
    this.#upgrader = new SipUpgrader(this.#limits.message.messageBytes)
    this.#malformedLog = new MalformedLog(options.clock, options.logger)
  }

  /** Opens all points or none. @throws StartupError naming the first that cannot be opened. */
  async start(): Promise<void> {
    try {
      for (const point of this.#options.listen) await this.#open(point)
    } catch (error) {
      await this.close()
      throw error
    }
    const { clock } = this.#options
    this.#checking = clock.every(checkEveryMs, () => this.#pool.check(clock.monotonicMs()))
  }

  /** What listens, with the ports that were taken. */
  get points(): readonly BoundPoint[] {
    return [...this.#udp, ...this.#listeners].map((each) => each.bound)
  }

  /** The way to a peer: an open connection if there is one. @throws Unreachable, ClosedError */
  async flowTo(target: Target): Promise<Flow> {
    if (this.#isClosed) throw new ClosedError('the transport layer is closed')
    if (isIP(target.address) === 0) throw new Unreachable(target, 'not a numeric address')
    if (target.protocol === 'udp') return this.#udpFlow(target)
    const known = this.#pool.find(target)
    if (known) return known
    if (target.protocol === 'ws' || target.protocol === 'wss') throw new Unreachable(target, 'browsers connect to us')
    const key = `${endpointKey(target.protocol, target.address, target.port)} ${target.serverName ?? ''}`
    const connecting = this.#connecting.get(key) ?? this.#connect(target)
    this.#connecting.set(key, connecting)
    try {
      return await connecting
    } finally {
      if (this.#connecting.get(key) === connecting) this.#connecting.delete(key)
    }
  }

  /** A new certificate for the connections to come; those that are open keep theirs. */
  useIdentity(identity: TlsIdentity): void {
    this.#identity = identity
    for (const listener of this.#listeners) listener.useIdentity?.(identity)
  }

  /** Takes over a WebSocket that came to another HTTP server, for example at `/sip` of the web application. */
  acceptUpgrade(upgrade: Upgrade, protocol: 'ws' | 'wss'): void {
    if (this.#isClosed || !this.#admission.admit(upgrade.request.socket)) return
    this.#upgrader.upgrade(upgrade, (webSocket, socket) => {
      const { localAddress = '', localPort = 0 } = socket
      const point = { protocol, host: plainAddress(localAddress), port: localPort }
      const options = { protocol, point, isAccepted: true }
      this.#accept(new WebSocketConnection(webSocket, socket, options, this.#connectionDeps()))
    })
  }

  stats(): TransportStats {
    return this.#counters.snapshot(this.#pool.size)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#checking?.cancel()
    const closing = [...this.#udp, ...this.#listeners].map((each) => each.close())
    for (const connection of this.#pool.all()) connection.close()
    const { clock } = this.#options
    const impatience = clock.after(lingerMs, () => this.#admission.destroyAll())
    await Promise.all(closing)
    impatience.cancel()
  }

  #received(message: AnySipMessage, flow: Flow, bytes: number): void {
    this.#counters.received[flow.protocol]++
    this.#counters.bytesReceived += bytes
    if (flow instanceof Connection && flow.isAccepted) {
      if (this.#options.gate?.admits(flow.remoteAddress) === false) return flow.cut('not-admitted')
      this.#noteAlias(message, flow)
    }
    try {
      this.emit('message', message, flow, this.#options.clock.now())
    } catch (thrown) {
      this.#options.logger.error({ err: asError(thrown), callId: message.callId }, 'handling a message failed')
    }
  }

  #refused(fault: ParseFault, flow: Flow, request: SipRequest | undefined, bytes: number): void {
    this.#counters.countMalformed(fault.code)
    this.#counters.bytesReceived += bytes
    this.#malformedLog.tell(fault, flow)
    try {
      this.emit('malformed', fault, flow, request)
    } catch (thrown) {
      this.#options.logger.error({ err: asError(thrown), fault: fault.code }, 'answering a malformed message failed')
    }
  }

  async #open(point: ListenPoint): Promise<void> {
    if (point.protocol === 'udp') this.#udp.push(await this.#openUdp(point))
    else this.#listeners.push(await openListener(point, this.#listenerDeps()))
  }

  #openUdp(point: ListenPoint): Promise<UdpPoint> {
    return UdpPoint.open(point, {
      ...this.#connectionDeps(),
      gate: this.#options.gate,
      unsent: (remoteAddress, remotePort, error) => {
        this.#counters.unsent++
        this.emit('unsent', { protocol: 'udp', remoteAddress, remotePort }, error)
      },
      failed: (error) => this.#options.logger.error({ err: error, point }, 'a UDP socket failed'),
    })
  }

  async #connect(target: Target): Promise<Flow> {
    try {
      const { clock } = this.#options
      const { connectMs = this.#limits.connectMs } = target
      const isSecure = target.protocol === 'tls'
      const socket = isSecure
        ? await connectTls(target, this.#identity, connectMs, clock)
        : await connectTcp(target, connectMs, clock)
      if (this.#isClosed) {
        socket.destroy()
        throw new ClosedError('the transport layer is closed')
      }
      this.#counters.opened++
      const point = target.from ?? pickPoint(this.points, target)
      const peerNames = isSecure && target.serverName !== undefined ? [target.serverName.toLowerCase()] : []
      const options = { protocol: target.protocol, point, isAccepted: false, peerNames }
      return this.#keep(new StreamConnection(socket, options, this.#connectionDeps()))
    } catch (error) {
      this.#counters.failed++
      throw error
    }
  }

  #accept(connection: Connection): void {
    this.#counters.accepted++
    this.#keep(connection)
    if (this.#isClosed) connection.close()
  }

  #keep(connection: Connection): Connection {
    this.#pool.add(connection)
    connection.onClosed((error) => {
      this.#pool.remove(connection)
      this.emit('closed', connection, error)
    })
    return connection
  }

  #connectionDeps(): ConnectionDeps {
    return { sink: this.#sink, counters: this.#counters, limits: this.#limits, clock: this.#options.clock }
  }

  #listenerDeps(): ListenerDeps {
    return {
      ...this.#connectionDeps(),
      admission: this.#admission,
      upgrader: this.#upgrader,
      identity: this.#identity,
      accept: (connection) => this.#accept(connection),
    }
  }

  #udpFlow(target: Target): Flow {
    const point = target.from ?? pickPoint(this.points, target)
    const socket = this.#udp.find((each) => each.bound === point)
    if (!socket) throw new Unreachable(target, 'no UDP listen point of its address family')
    return socket.flowTo(target.address, target.port)
  }

  /** RFC 5923: requests to the port that the peer states in its Via may use the connection it opened. */
  #noteAlias(message: AnySipMessage, connection: Connection): void {
    if (message.kind !== 'request' || !message.topVia.params.has('alias')) return
    this.#pool.addAlias(connection, message.topVia.port ?? (connection.protocol === 'tls' ? 5061 : 5060))
  }
}
