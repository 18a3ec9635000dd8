import type { SipAnswer } from './sip-source.ts'
import type { SrfResponse } from './srf.ts'

/** drachtio-srf joins values of one header with commas, which a challenge does not allow: the first value stands. */
export function sendAnswer(response: SrfResponse, answer: SipAnswer): void {
  const headers: Record<string, string> = {}
  for (const [name, value] of answer.headers) {
    if (name !== 'WWW-Authenticate' && headers[name] !== undefined) headers[name] += `, ${value}`
    else headers[name] ??= value
  }
  if (answer.reason === undefined) response.send(answer.status, { headers })
  else response.send(answer.status, answer.reason, { headers })
}
