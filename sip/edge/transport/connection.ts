import type { Socket } from 'node:net'
import type { Clock } from '../../../core/clock.ts'
import type { Flow, Protocol } from './flow.ts'
import type { BoundPoint } from './listen-point.ts'
import { plainAddress } from './plain-address.ts'
import { ConnectionCut, type CutReason } from './transport-error.ts'
import type { TransportSink } from './transport-events.ts'
import type { TransportLimits } from './transport-limits.ts'
import type { TransportCounters } from './transport-stats.ts'

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
  readonly peerNames?: readonly string[]
}

/** How long what was written may take to leave after we ended a connection. */
export const lingerMs = 2_000

let serial = 0

/** What connections of every kind have in common: who they join, when they are too idle or too slow, how they end. */
export abstract class Connection implements Flow {
  readonly protocol: Protocol
  readonly point: BoundPoint | undefined
  readonly isAccepted: boolean
  readonly isReliable = true
  readonly id: string
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly peerNames: readonly string[]
  protected readonly deps: ConnectionDeps
  /** When the last byte went either way. */
  protected activeAtMs: number
  /** When the first byte of a message came that is not complete yet. */
  protected messageSinceMs: number | undefined
  readonly #openedAtMs: number
  #hasSpoken = false
  #closed: (error: Error | undefined) => void = () => undefined
  #error: Error | undefined
  #isOpen = true
  #endedAtMs: number | undefined

  protected constructor(socket: Socket, options: ConnectionOptions, deps: ConnectionDeps) {
    this.protocol = options.protocol
    this.point = options.point
    this.isAccepted = options.isAccepted
    this.peerNames = options.peerNames ?? []
    this.id = `${options.protocol}-${++serial}`
    this.localAddress = plainAddress(socket.localAddress ?? '')
    this.localPort = socket.localPort ?? 0
    this.remoteAddress = plainAddress(socket.remoteAddress ?? '')
    this.remotePort = socket.remotePort ?? 0
    this.deps = deps
    this.#openedAtMs = deps.clock.monotonicMs()
    this.activeAtMs = this.#openedAtMs
  }

  /** Hands bytes to the socket; returns how many now wait in it. */
  protected abstract write(bytes: Buffer): number
  /** Ends the socket once it has sent what it holds. */
  protected abstract end(): void
  protected abstract destroy(): void

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** `closed` runs once, when the connection has ended. */
  onClosed(closed: (error: Error | undefined) => void): void {
    this.#closed = closed
  }

  send(bytes: Buffer): void {
    if (!this.#isOpen) return
    const { counters, clock, limits } = this.deps
    counters.sent[this.protocol]++
    counters.bytesSent += bytes.length
    this.activeAtMs = clock.monotonicMs()
    if (this.write(bytes) > limits.writeBacklogBytes) this.cut('slow-reader')
  }

  /** Looks whether the peer is idle or slow; called about once a second. */
  check(nowMs: number): void {
    if (this.#endedAtMs !== undefined) {
      if (nowMs - this.#endedAtMs >= lingerMs) this.destroy()
      return
    }
    const { idleMs, messageMs, firstMessageMs } = this.deps.limits
    if (this.messageSinceMs !== undefined && nowMs - this.messageSinceMs >= messageMs) this.cut('slow-message')
    else if (this.isAccepted && !this.#hasSpoken && nowMs - this.#openedAtMs >= firstMessageMs) this.cut('silent')
    else if (nowMs - this.activeAtMs >= idleMs) this.cut('idle')
  }

  /** Ends it because of the peer. Only after a malformed message does what was written still go out: its answer. */
  cut(reason: CutReason): void {
    if (!this.#isOpen) return
    this.#error = new ConnectionCut(reason)
    this.deps.counters.cut++
    this.close()
    if (reason !== 'malformed') this.destroy()
  }

  /** An orderly end of ours: what was written still goes out. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#endedAtMs = this.deps.clock.monotonicMs()
    this.end()
  }

  /** The peer has sent a whole message. */
  protected noteMessage(): void {
    this.#hasSpoken = true
  }

  protected noteError(error: Error): void {
    this.#error ??= error
  }

  protected noteClosed(): void {
    this.#isOpen = false
    this.#closed(this.#error)
  }
}
