import { SipRequest } from '../message/sip-request.ts'

/** The CANCEL of an INVITE: in its branch, to where it went (RFC 3261 9.1). */
export function makeCancel(
  invite: SipRequest,
  headers: readonly (readonly [name: string, value: string])[],
): SipRequest {
  return SipRequest.create({
    method: 'CANCEL',
    uri: invite.uri,
    headers: [
      ['Via', invite.topVia.toString()],
      ...invite.values('Route').map((route): [string, string] => ['Route', route]),
      ['Max-Forwards', '70'],
      ['From', invite.get('From') ?? ''],
      ['To', invite.get('To') ?? ''],
      ['Call-ID', invite.callId],
      ['CSeq', `${invite.cseq.number} CANCEL`],
      ...headers,
    ],
  })
}
