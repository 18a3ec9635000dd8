import type { NameAddr } from '../message/name-addr.ts'
import { parseUri, type SipUri } from '../message/sip-uri.ts'
import { hopOfUri, type Hop } from '../transport/hop.ts'

/** The next hop that a SIP URI names; undefined when it names none, or asks for a transport nobody here speaks. */
export function nextHopOf(uri: SipUri | undefined): Hop | undefined {
  return uri && hopOfUri(uri)
}

/** The next hop of a request with these routes (RFC 3261 8.1.2). */
export function nextHopOfRequest(requestUri: string, routes: readonly NameAddr[]): Hop | undefined {
  const first = routes[0]
  return nextHopOf(first ? first.sip : parseUri(requestUri))
}
