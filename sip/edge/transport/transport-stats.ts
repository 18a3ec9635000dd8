import type { FaultCode } from '../message/parse-fault.ts'
import type { Protocol } from './flow.ts'

type PerProtocol = Record<Protocol, number>

/** Counters since the start. */
export interface TransportStats {
  readonly received: PerProtocol
  readonly sent: PerProtocol
  readonly bytesReceived: number
  readonly bytesSent: number
  /** Messages that could not be taken, by what was wrong. */
  readonly malformed: Readonly<Partial<Record<FaultCode, number>>>
  readonly keepAlives: number
  /** Datagrams or messages that the socket would not take. */
  readonly unsent: number
  readonly connections: {
    readonly open: number
    readonly accepted: number
    readonly opened: number
    /** Over a limit. */
    readonly refused: number
    /** Ended by us: idle, slow, or no longer framed. */
    readonly cut: number
    readonly failed: number
  }
}

export class TransportCounters {
  readonly received: PerProtocol = { udp: 0, tcp: 0, tls: 0, ws: 0, wss: 0 }
  readonly sent: PerProtocol = { udp: 0, tcp: 0, tls: 0, ws: 0, wss: 0 }
  readonly malformed: Partial<Record<FaultCode, number>> = {}
  bytesReceived = 0
  bytesSent = 0
  keepAlives = 0
  unsent = 0
  accepted = 0
  opened = 0
  refused = 0
  cut = 0
  failed = 0

  countMalformed(code: FaultCode): void {
    this.malformed[code] = (this.malformed[code] ?? 0) + 1
  }

  snapshot(openConnections: number): TransportStats {
    const { bytesReceived, bytesSent, keepAlives, unsent, accepted, opened, refused, cut, failed } = this
    return {
      received: { ...this.received },
      sent: { ...this.sent },
      malformed: { ...this.malformed },
      bytesReceived,
      bytesSent,
      keepAlives,
      unsent,
      connections: { open: openConnections, accepted, opened, refused, cut, failed },
    }
  }
}
