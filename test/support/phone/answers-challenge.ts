import type { SipRequest } from '../../../sip/edge/message/sip-request.ts'
import type { SipResponse } from '../../../sip/edge/message/sip-response.ts'
import { answerChallenge, parseChallenge, type Credentials } from './digest.ts'

/**
 * The header that answers a 401 or 407: the first of its challenges that a phone knows.
 * @returns undefined when the response is none of these
 */
export function answersChallenge(
  response: SipResponse,
  { username, password, request }: Credentials & { readonly request: SipRequest },
): Readonly<Record<string, string>> | undefined {
  const isProxy = response.status === 407
  if (response.status !== 401 && !isProxy) return undefined
  for (const [name, value] of response.headers()) {
    if (name !== (isProxy ? 'Proxy-Authenticate' : 'WWW-Authenticate')) continue
    const challenge = parseChallenge(value)
    if (!challenge) continue
    const answer = answerChallenge(challenge, { username, password }, { method: request.method, uri: request.uri })
    return { [isProxy ? 'Proxy-Authorization' : 'Authorization']: answer }
  }
  return undefined
}
