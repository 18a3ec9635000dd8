import { parseNameAddr } from '../edge/message/name-addr.ts'
import { parseUri } from '../edge/message/sip-uri.ts'
import type { SrfRequest } from './srf.ts'

/** The user part of the Request-URI, unescaped: what the caller dialled. */
export function dialledNumber(request: SrfRequest): string {
  return parseUri(request.uri)?.user ?? ''
}

/** The name that the From header shows; '' when it shows none. */
export function callerDisplayName(request: SrfRequest): string {
  return parseNameAddr(request.get('from') ?? '')?.displayName ?? ''
}
