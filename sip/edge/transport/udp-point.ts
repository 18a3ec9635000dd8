import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { once } from 'node:events'
import { parseMessage } from '../message/parse-message.ts'
import type { AddressGate } from './address-gate.ts'
import { endpointKey, type Flow } from './flow.ts'
import { isKeepAlive } from './keep-alive.ts'
import { bindError, type BoundPoint, type ListenPoint } from './listen-point.ts'
import type { TransportLimits } from './transport-limits.ts'
import type { TransportCounters } from './transport-stats.ts'
import type { TransportSink } from './transport-events.ts'

/** What the kernel may hold for us while we are busy; it grants what its own limit allows. */
const socketBufferBytes = 4_194_304

export interface UdpPointDeps {
  readonly sink: TransportSink
  readonly counters: TransportCounters
  readonly limits: TransportLimits
  readonly gate?: AddressGate | undefined
  readonly unsent: (address: string, port: number, error: Error) => void
  readonly failed: (error: Error) => void
}

/** One UDP socket that listens and sends. */
export class UdpPoint {
  readonly bound: BoundPoint
  readonly #socket: Socket
  readonly #deps: UdpPointDeps
  #isOpen = true

  private constructor(bound: BoundPoint, socket: Socket, deps: UdpPointDeps) {
    this.bound = bound
    this.#socket = socket
    this.#deps = deps
    socket.on('message', (bytes, remote) => this.#receive(bytes, remote))
    socket.on('error', (error) => this.#deps.failed(error))
  }

  /** @throws StartupError when the port cannot be had. */
  static async open(point: ListenPoint, deps: UdpPointDeps): Promise<UdpPoint> {
    const isV6 = isIPv6(point.host)
    const socket = createSocket({ type: isV6 ? 'udp6' : 'udp4', ipv6Only: isV6, lookup: takeAsIs })
    try {
      // With the lookup above, binding may be done before bind() returns.
      const listening = once(socket, 'listening')
      socket.bind({ address: point.host, port: point.port })
      await listening
    } catch (cause) {
      socket.close()
      throw bindError(point, cause)
    }
    enlargeBuffers(socket)
    return new UdpPoint({ ...point, port: socket.address().port }, socket, deps)
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  flowTo(address: string, port: number): Flow {
    return new UdpFlow(this, address, port)
  }

  send(bytes: Buffer, address: string, port: number): void {
    if (!this.#isOpen) return
    this.#deps.counters.sent.udp++
    this.#deps.counters.bytesSent += bytes.length
    this.#socket.send(bytes, port, address, this.#sent)
  }

  close(): Promise<void> {
    if (!this.#isOpen) return Promise.resolve()
    this.#isOpen = false
    return new Promise((resolve) => this.#socket.close(() => resolve()))
  }

  /** One callback for all datagrams; the error names the address. */
  readonly #sent = (error: Error | null): void => {
    if (!error) return
    const { address = '', port = 0 } = error as Error & { address?: string; port?: number }
    this.#deps.unsent(address, port, error)
  }

  #receive(bytes: Buffer, remote: RemoteInfo): void {
    if (!this.#isOpen) return
    if (isKeepAlive(bytes)) return this.#deps.sink.keepAlive()
    if (this.#deps.gate?.admits(remote.address) === false) return
    const flow = new UdpFlow(this, remote.address, remote.port)
    const outcome = parseMessage(bytes, this.#deps.limits.message)
    if (outcome.ok) this.#deps.sink.message(outcome.message, flow, bytes.length)
    else this.#deps.sink.malformed(outcome.fault, flow, outcome.message, bytes.length)
  }
}

class UdpFlow implements Flow {
  readonly protocol = 'udp'
  readonly isReliable = false
  readonly remoteAddress: string
  readonly remotePort: number
  readonly #point: UdpPoint

  constructor(point: UdpPoint, remoteAddress: string, remotePort: number) {
    this.#point = point
    this.remoteAddress = remoteAddress
    this.remotePort = remotePort
  }

  get id(): string {
    const { host, port } = this.#point.bound
    return `${endpointKey('udp', host, port)}-${endpointKey('udp', this.remoteAddress, this.remotePort)}`
  }

  get localAddress(): string {
    return this.#point.bound.host
  }

  get localPort(): number {
    return this.#point.bound.port
  }

  get point(): BoundPoint {
    return this.#point.bound
  }

  get isOpen(): boolean {
    return this.#point.isOpen
  }

  send(bytes: Buffer): void {
    this.#point.send(bytes, this.remoteAddress, this.remotePort)
  }
}

type LookupDone = (error: NodeJS.ErrnoException | null, address: string, family: number) => void

/** Addresses are numeric here; without this, every datagram would wait a turn of the event loop for its "resolution". */
function takeAsIs(address: string, _options: unknown, done: LookupDone): void {
  done(null, address, 0)
}

function enlargeBuffers(socket: Socket): void {
  socket.setRecvBufferSize(socketBufferBytes)
  socket.setSendBufferSize(socketBufferBytes)
}
