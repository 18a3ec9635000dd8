import { createHash } from 'node:crypto'
import type { SipRequest } from '../message/sip-request.ts'

/** RFC 5393 5.3.3: how many branches a request may still be split into when nobody has said. */
const usualBreadth = 60

/**
 * What makes a request the same when it comes round again (RFC 5393 4.2): a spiral comes back with another Request-URI, a
 * loop does not. It is the end of our branch, where we find it again.
 */
export function loopMark(request: SipRequest): string {
  const { callId, cseq, from, to, uri } = request
  const parts = [callId, cseq.number, from.tag ?? '', to.tag ?? '', uri, ...request.values('Route')]
  return `.${createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16)}`
}

/** Whether we have forwarded this very request before. */
export function isLoop(request: SipRequest, mark: string): boolean {
  return request.values('Via').some((via) => via.includes(mark))
}

/** How many branches may be open at a time for this request (RFC 5393 5.3). */
export function breadthOf(request: SipRequest): number {
  return request.seconds('Max-Breadth') ?? usualBreadth
}
