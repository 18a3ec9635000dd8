import type { BoundPoint } from './listen-point.ts'

export type Protocol = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss'

/** A way to one peer: a pair of UDP addresses or a connection. */
export interface Flow {
  readonly protocol: Protocol
  readonly localAddress: string
  readonly localPort: number
  /** Numeric, without brackets. */
  readonly remoteAddress: string
  readonly remotePort: number
  /** Stable as long as the flow lives, and unique. */
  readonly id: string
  readonly isReliable: boolean
  readonly isOpen: boolean
  /** The listen point that received it; for a connection we opened, the one whose address stands for us. */
  readonly point: BoundPoint | undefined
  /** The names that a TLS peer has proven with its certificate, in lower case. */
  readonly peerNames?: readonly string[]
  /** Hands the bytes to the socket. A failure closes a connection (event `closed`); for UDP it is the event `unsent`. */
  send(bytes: Buffer): void
}

/** Where a message should go. */
export interface Target {
  readonly protocol: Protocol
  /** Numeric, without brackets. */
  readonly address: string
  readonly port: number
  /** The listen point to send from; otherwise the first that fits. */
  readonly from?: BoundPoint
  /** The name that a TLS peer has to prove. */
  readonly serverName?: string
  /** How long opening a connection may take, when not as long as the limits say. */
  readonly connectMs?: number
}

export function isReliable(protocol: Protocol): boolean {
  return protocol !== 'udp'
}

/** `tcp:192.0.2.1:5060`, `udp:[2001:db8::1]:5060`. */
export function endpointKey(protocol: Protocol, address: string, port: number): string {
  return address.includes(':') ? `${protocol}:[${address}]:${port}` : `${protocol}:${address}:${port}`
}
