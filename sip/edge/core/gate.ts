import type { SipRequest } from '../message/sip-request.ts'
import type { AddressGate } from '../transport/address-gate.ts'
import type { Flow } from '../transport/flow.ts'

/** Who may come in. What is not let in is dropped without an answer. */
export interface Gate extends AddressGate {
  /** Asked for every request before it is worked on. */
  welcomes(request: SipRequest, flow: Flow): boolean
  /** Told of what came and was no SIP. */
  malformed(flow: Flow): void
}
