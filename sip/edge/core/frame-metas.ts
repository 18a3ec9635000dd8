import type { FrameMeta } from '../control/frame-meta.ts'
import type { SipMessage } from '../message/sip-message.ts'
import type { Flow } from '../transport/flow.ts'
import type { RequestRoute } from './request-router.ts'

/** Of a message that came by `flow`; `bytes` as they were on the wire. */
export function metaOfArrival(flow: Flow, bytes: number): FrameMeta {
  return { source: 'network', bytes, protocol: flow.protocol, address: flow.remoteAddress, port: flow.remotePort }
}

/** Of an answer that we gave to a request that came by `flow`. */
export function metaOfAnswer(flow: Flow, answer: SipMessage, protocol: FrameMeta['protocol']): FrameMeta {
  const { remoteAddress: address, remotePort: port } = flow
  return { source: 'application', bytes: answer.toBuffer().length, protocol, address, port }
}

/** Of a request that we sent. */
export function metaOfRequest({ protocol, own }: RequestRoute, request: SipMessage): FrameMeta {
  const address = own.host.replace(/^\[|\]$/g, '')
  return { source: 'application', bytes: request.toBuffer().length, protocol, address, port: own.port }
}

/** Of an answer that was made here, because the network gave none. */
export function metaOfLocalAnswer(protocol: FrameMeta['protocol']): FrameMeta {
  return { source: 'network', bytes: 0, protocol, address: '', port: 0 }
}
