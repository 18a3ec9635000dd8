import type { AnySipMessage } from '../message/parse-message.ts'
import type { ParseFault } from '../message/parse-fault.ts'
import type { SipRequest } from '../message/sip-request.ts'
import type { Flow } from './flow.ts'

export interface TransportEvents {
  /** A well-formed message; `receivedAtMs` is UTC milliseconds. */
  message: [message: AnySipMessage, flow: Flow, receivedAtMs: number]
  /** A message that could not be taken; `request` is there when it wants an answer (see `answerFault`). */
  malformed: [fault: ParseFault, flow: Flow, request: SipRequest | undefined]
  /** A connection that ended; `error` says why when it was not the peer's orderly end. */
  closed: [flow: Flow, error: Error | undefined]
  /** A UDP datagram that the socket would not send. */
  unsent: [flow: Pick<Flow, 'protocol' | 'remoteAddress' | 'remotePort'>, error: Error]
}

/** What a socket tells the transport layer. */
export interface TransportSink {
  message(message: AnySipMessage, flow: Flow, bytes: number): void
  malformed(fault: ParseFault, flow: Flow, request: SipRequest | undefined, bytes: number): void
  keepAlive(): void
}
