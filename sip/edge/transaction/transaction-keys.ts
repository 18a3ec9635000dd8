import type { SipRequest } from '../message/sip-request.ts'
import type { SipResponse } from '../message/sip-response.ts'

/** RFC 3261 8.1.1.7: a branch that begins so is unique by itself. */
export const branchCookie = 'z9hG4bK'

/** The key of the server transaction that a request belongs to (RFC 3261 17.2.3); an ACK and a CANCEL may ask for the INVITE's. */
export function serverKey(request: SipRequest, method = request.method === 'ACK' ? 'INVITE' : request.method): string {
  const via = request.topVia
  const branch = via.branch
  if (branch?.startsWith(branchCookie)) return `${branch}|${via.host}:${via.port ?? ''}|${method}`
  // RFC 2543 clients have no such branch: what identifies the request stands in its headers. The To tag is left out,
  // because the ACK has the one of the answer.
  const { cseq, from, callId, uri } = request
  return `2543|${callId}|${cseq.number}|${from.tag ?? ''}|${uri}|${via.host}:${via.port ?? ''}|${branch ?? ''}|${method}`
}

/** The key of the client transaction that a response belongs to (RFC 3261 17.1.3). */
export function clientKey(response: SipResponse): string {
  return `${response.topVia.branch ?? ''}|${response.cseq.method}`
}

/** The key of the client transaction that a request of ours opens. */
export function clientKeyOf(request: SipRequest): string {
  return `${request.topVia.branch ?? ''}|${request.method}`
}

/** Two requests with this in common and different branches came over different ways from one fork (RFC 3261 8.2.2.2). */
export function mergeKey(request: SipRequest): string {
  const { cseq, callId } = request
  return `${callId}|${cseq.number}|${cseq.method}|${request.from.tag ?? ''}`
}
