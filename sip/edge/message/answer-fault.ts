import { parseNameAddr } from './name-addr.ts'
import { describeFault, statusForFault, type ParseFault } from './parse-fault.ts'
import type { SipRequest } from './sip-request.ts'
import { SipResponse } from './sip-response.ts'

/** The answer to a request that could not be taken, with what could be read of it; undefined when none is due. */
export function answerFault(fault: ParseFault, request: SipRequest, toTag: string): SipResponse | undefined {
  const status = statusForFault(fault)
  if (status === 'drop' || request.method === 'ACK') return undefined
  const response = SipResponse.to(request, status, describeFault(fault))
  const to = parseNameAddr(request.get('To') ?? '')
  if (to && to.tag === undefined) response.set('To', to.withTag(toTag).toString())
  return response
}
