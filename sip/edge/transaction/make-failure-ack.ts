import { SipRequest } from '../message/sip-request.ts'
import type { SipResponse } from '../message/sip-response.ts'

/** The ACK of a refused INVITE: in the INVITE's branch, to where the INVITE went (RFC 3261 17.1.1.3). */
export function makeFailureAck(invite: SipRequest, response: SipResponse): SipRequest {
  const headers: [string, string][] = [
    ['Via', invite.topVia.toString()],
    ...invite.values('Route').map((route): [string, string] => ['Route', route]),
    ['Max-Forwards', '70'],
    ['From', invite.get('From') ?? ''],
    ['To', response.get('To') ?? ''],
    ['Call-ID', invite.callId],
    ['CSeq', `${invite.cseq.number} ACK`],
  ]
  return SipRequest.create({ method: 'ACK', uri: invite.uri, headers })
}
