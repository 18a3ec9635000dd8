import type { SipResponse } from '../message/sip-response.ts'
import type { SipRequest } from '../message/sip-request.ts'
import { makeAnswer } from './answer.ts'
import { HostUnknown } from '../transport/resolve-target.ts'

/** The answer that stands for one that will never come (RFC 3261 8.1.3.1): 408 after a timeout, else 503. */
export function localAnswer(request: SipRequest, reason: 'timeout' | 'transport', error?: Error): SipResponse {
  if (reason === 'timeout') return makeAnswer(request, 408)
  return makeAnswer(request, 503, error instanceof HostUnknown ? 'DNS Error' : undefined)
}
