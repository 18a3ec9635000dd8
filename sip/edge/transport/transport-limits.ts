import { defaultMessageLimits, type MessageLimits } from '../message/message-limits.ts'

export interface TransportLimits {
  readonly message: MessageLimits
  readonly connections: number
  readonly connectionsPerAddress: number
  /** Bytes that may wait for a slow reader before its connection is cut. */
  readonly writeBacklogBytes: number
  readonly connectMs: number
  /** How long a peer may take from the first byte of a message to its last. */
  readonly messageMs: number
  /** How long a new connection may take to send its first message. */
  readonly firstMessageMs: number
  /** A connection without a byte either way for so long is closed. */
  readonly idleMs: number
}

export const defaultTransportLimits: TransportLimits = {
  message: defaultMessageLimits,
  connections: 20_000,
  connectionsPerAddress: 1_000,
  writeBacklogBytes: 1_048_576,
  connectMs: 5_000,
  messageMs: 10_000,
  firstMessageMs: 30_000,
  idleMs: 900_000,
}
