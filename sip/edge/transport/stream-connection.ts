import type { Socket } from 'node:net'
import type { Clock } from '../../../core/clock.ts'
import { StreamFramer } from '../message/stream-framer.ts'
import type { Flow, Protocol } from './flow.ts'
import type { BoundPoint } from './listen-point.ts'
import { ConnectionCut, type CutReason } from './transport-error.ts'
import type { TransportCounters } from './transport-stats.ts'
import type { TransportLimits } from './transport-limits.ts'
import type { TransportSink } from './transport-events.ts'

export interface ConnectionDeps {
  readonly sink: TransportSink
  readonly counters: TransportCounters
  readonly limits: TransportLimits
  readonly clock: Clock
}

export interface ConnectionOptions {
  readonly protocol: Protocol
  readonly point: BoundPoint | undefined
  /** Whether the peer opened it. */
  readonly isAccepted: boolean
}

let serial = 0
const pong = Buffer.from('\r\n')

/** How long what was written may take to leave after we ended a connection. */
export const lingerMs = 2_000

/** One TCP or TLS connection, accepted or opened. */
export class StreamConnection implements Flow {
  readonly protocol: Protocol
  readonly point: BoundPoint | undefined
  readonly isAccepted: boolean
  readonly isReliable = true
  readonly id: string
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly #socket: Socket
  readonly #deps: ConnectionDeps
  readonly #framer: StreamFramer
  #closed: (error: Error | undefined) => void = () => undefined
  #error: Error | undefined
  #isOpen = true
  #hasSpoken = false
  #activeAtMs: number
  /** When the first byte of the unfinished message came. */
  #messageSinceMs: number | undefined
  #endedAtMs: number | undefined
  #chunkBytes = 0

  constructor(socket: Socket, options: ConnectionOptions, deps: ConnectionDeps) {
    this.protocol = options.protocol
    this.point = options.point
    this.isAccepted = options.isAccepted
    this.id = `${options.protocol}-${++serial}`
    this.localAddress = socket.localAddress ?? ''
    this.localPort = socket.localPort ?? 0
    this.remoteAddress = plainAddress(socket.remoteAddress ?? '')
    this.remotePort = socket.remotePort ?? 0
    this.#socket = socket
    this.#deps = deps
    this.#activeAtMs = deps.clock.monotonicMs()
    this.#framer = new StreamFramer({
      limits: deps.limits.message,
      malformed: (fault, isFatal, request) => {
        deps.sink.malformed(fault, this, request, this.#chunkBytes)
        if (isFatal) this.cut('malformed')
      },
      ping: () => this.#answerPing(),
    })
    this.#listen()
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** `closed` runs once, when the connection has ended. */
  onClosed(closed: (error: Error | undefined) => void): void {
    this.#closed = closed
  }

  send(bytes: Buffer): void {
    if (!this.#isOpen) return
    this.#deps.counters.sent[this.protocol]++
    this.#deps.counters.bytesSent += bytes.length
    this.#activeAtMs = this.#deps.clock.monotonicMs()
    this.#socket.write(bytes)
    if (this.#socket.writableLength > this.#deps.limits.writeBacklogBytes) this.cut('slow-reader')
  }

  /** Looks whether the peer is idle or slow; called about once a second. */
  check(nowMs: number): void {
    if (this.#endedAtMs !== undefined) {
      if (nowMs - this.#endedAtMs >= lingerMs) this.#socket.destroy()
      return
    }
    const { idleMs, messageMs, firstMessageMs } = this.#deps.limits
    if (this.#messageSinceMs !== undefined && nowMs - this.#messageSinceMs >= messageMs) this.cut('slow-message')
    else if (this.isAccepted && !this.#hasSpoken && nowMs - this.#activeAtMs >= firstMessageMs) this.cut('silent')
    else if (nowMs - this.#activeAtMs >= idleMs) this.cut('idle')
  }

  /** Ends it because of the peer. Only after a malformed message does what was written still go out: its answer. */
  cut(reason: CutReason): void {
    if (!this.#isOpen) return
    this.#error = new ConnectionCut(reason)
    this.#deps.counters.cut++
    this.close()
    if (reason !== 'malformed') this.#socket.destroy()
  }

  /** An orderly end of ours: what was written still goes out. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#endedAtMs = this.#deps.clock.monotonicMs()
    this.#socket.destroySoon()
  }

  #listen(): void {
    const socket = this.#socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', (error) => (this.#error ??= error))
    socket.once('close', () => {
      this.#isOpen = false
      this.#closed(this.#error)
    })
  }

  #receive(chunk: Buffer): void {
    if (!this.#isOpen) return
    this.#chunkBytes = chunk.length
    this.#activeAtMs = this.#deps.clock.monotonicMs()
    for (const message of this.#framer.push(chunk)) {
      this.#hasSpoken = true
      this.#messageSinceMs = undefined
      this.#deps.sink.message(message, this, message.toBuffer().length)
    }
    if (!this.#framer.isInMessage) this.#messageSinceMs = undefined
    else this.#messageSinceMs ??= this.#activeAtMs
  }

  #answerPing(): void {
    this.#deps.sink.keepAlive()
    if (this.#isOpen) this.#socket.write(pong)
  }
}

/** An IPv4 address that came over an IPv6 socket, as IPv4. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}
