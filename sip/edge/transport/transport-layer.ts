import { isIP, type Socket } from 'node:net'
import type { Clock, Timer } from '../../../core/clock.ts'
import { asError, ClosedError } from '../../../core/errors.ts'
import type { Logger } from '../../../core/logger.ts'
import { TypedEmitter } from '../../../core/typed-emitter.ts'
import type { AnySipMessage } from '../message/parse-message.ts'
import type { ParseFault } from '../message/parse-fault.ts'
import type { SipRequest } from '../message/sip-request.ts'
import { connectTcp } from './connect-tcp.ts'
import { ConnectionPool } from './connection-pool.ts'
import { endpointKey, type Flow, type Target } from './flow.ts'
import type { BoundPoint, ListenPoint } from './listen-point.ts'
import { MalformedLog } from './malformed-log.ts'
import { pickPoint } from './pick-point.ts'
import { lingerMs, plainAddress, StreamConnection } from './stream-connection.ts'
import { TcpListener } from './tcp-listener.ts'
import { Unreachable } from './transport-error.ts'
import type { TransportEvents, TransportSink } from './transport-events.ts'
import { defaultTransportLimits, type TransportLimits } from './transport-limits.ts'
import { TransportCounters, type TransportStats } from './transport-stats.ts'
import { UdpPoint } from './udp-point.ts'

export interface TransportOptions {
  readonly listen: readonly ListenPoint[]
  readonly clock: Clock
  readonly logger: Logger
  readonly limits?: Partial<TransportLimits>
}

const checkEveryMs = 1_000

/** All sockets of the SIP edge: messages in, messages out, connections kept and reused (RFC 3261 18). */
export class TransportLayer extends TypedEmitter<TransportEvents> {
  readonly #options: TransportOptions
  readonly #limits: TransportLimits
  readonly #counters = new TransportCounters()
  readonly #pool = new ConnectionPool()
  readonly #connecting = new Map<string, Promise<Flow>>()
  readonly #malformedLog: MalformedLog
  readonly #sink: TransportSink = {
    message: (message, flow, bytes) => this.#received(message, flow, bytes),
    malformed: (fault, flow, request, bytes) => this.#refused(fault, flow, request, bytes),
    keepAlive: () => this.#counters.keepAlives++,
  }
  #udp: UdpPoint[] = []
  #listeners: TcpListener[] = []
  #checking: Timer | undefined
  #isClosed = false

  constructor(options: TransportOptions) {
    super()
    this.#options = options
    this.#limits = { ...defaultTransportLimits, ...options.limits }
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
    const key = endpointKey(target.protocol, target.address, target.port)
    const connecting = this.#connecting.get(key) ?? this.#connect(target)
    this.#connecting.set(key, connecting)
    try {
      return await connecting
    } finally {
      if (this.#connecting.get(key) === connecting) this.#connecting.delete(key)
    }
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
    const impatience = clock.after(lingerMs, () => this.#pool.check(clock.monotonicMs()))
    await Promise.all(closing)
    impatience.cancel()
  }

  #received(message: AnySipMessage, flow: Flow, bytes: number): void {
    this.#counters.received[flow.protocol]++
    this.#counters.bytesReceived += bytes
    if (flow instanceof StreamConnection && flow.isAccepted) this.#noteAlias(message, flow)
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
    const { logger } = this.#options
    switch (point.protocol) {
      case 'udp': {
        const unsent = (remoteAddress: string, remotePort: number, error: Error) => {
          this.#counters.unsent++
          this.emit('unsent', { protocol: 'udp', remoteAddress, remotePort }, error)
        }
        const failed = (error: Error) => logger.error({ err: error, point }, 'a UDP socket failed')
        const deps = { sink: this.#sink, counters: this.#counters, limits: this.#limits, unsent, failed }
        this.#udp.push(await UdpPoint.open(point, deps))
        return
      }
      case 'tcp':
        this.#listeners.push(await TcpListener.open(point, (socket, bound) => this.#accept(socket, bound)))
        return
      default:
        throw new Error(`protocol ${point.protocol} cannot be listened on`)
    }
  }

  #accept(socket: Socket, point: BoundPoint): void {
    const address = plainAddress(socket.remoteAddress ?? '')
    const { connections, connectionsPerAddress } = this.#limits
    if (this.#isClosed || this.#pool.size >= connections || this.#pool.countFrom(address) >= connectionsPerAddress) {
      this.#counters.refused++
      socket.destroy()
      return
    }
    this.#counters.accepted++
    this.#keep(new StreamConnection(socket, { protocol: point.protocol, point, isAccepted: true }, this.#deps()))
  }

  async #connect(target: Target): Promise<Flow> {
    const { clock } = this.#options
    try {
      const socket = await connectTcp(target, this.#limits.connectMs, clock)
      if (this.#isClosed) {
        socket.destroy()
        throw new ClosedError('the transport layer is closed')
      }
      this.#counters.opened++
      const point = target.from ?? pickPoint(this.points, target)
      const options = { protocol: target.protocol, point, isAccepted: false }
      return this.#keep(new StreamConnection(socket, options, this.#deps()))
    } catch (error) {
      this.#counters.failed++
      throw error
    }
  }

  #keep(connection: StreamConnection): StreamConnection {
    this.#pool.add(connection)
    connection.onClosed((error) => {
      this.#pool.remove(connection)
      this.emit('closed', connection, error)
    })
    return connection
  }

  #deps() {
    return { sink: this.#sink, counters: this.#counters, limits: this.#limits, clock: this.#options.clock }
  }

  #udpFlow(target: Target): Flow {
    const point = target.from ?? pickPoint(this.points, target)
    const socket = this.#udp.find((each) => each.bound === point)
    if (!socket) throw new Unreachable(target, 'no UDP listen point of its address family')
    return socket.flowTo(target.address, target.port)
  }

  /** RFC 5923: requests to the port that the peer states in its Via may use the connection it opened. */
  #noteAlias(message: AnySipMessage, connection: StreamConnection): void {
    if (message.kind !== 'request' || !message.topVia.params.has('alias')) return
    this.#pool.addAlias(connection, connection.protocol, message.topVia.port ?? 5060)
  }
}
