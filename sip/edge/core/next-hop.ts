import type { NameAddr } from '../message/name-addr.ts'
import { parseUri, type SipUri } from '../message/sip-uri.ts'
import type { Protocol } from '../transport/flow.ts'

/** Where a request goes next, before names are resolved. */
export interface NextHop {
  readonly protocol: Protocol
  /** A name or an address without brackets. */
  readonly host: string
  readonly port: number
}

const protocols: ReadonlySet<string> = new Set(['udp', 'tcp', 'tls', 'ws', 'wss'])

/** The next hop that a SIP URI names (RFC 3263 4.1 for what it leaves open); undefined when it is none or unknown. */
export function nextHopOf(uri: SipUri | undefined): NextHop | undefined {
  if (!uri) return undefined
  const isSecure = uri.scheme === 'sips'
  const named = uri.transport ?? (isSecure ? 'tls' : 'udp')
  if (!protocols.has(named)) return undefined
  const protocol = (isSecure && named === 'tcp' ? 'tls' : isSecure && named === 'ws' ? 'wss' : named) as Protocol
  const host = uri.params.get('maddr') ?? uri.address
  return { protocol, host, port: uri.port ?? defaultPort(protocol) }
}

/** The next hop of a request with these routes (RFC 3261 8.1.2). */
export function nextHopOfRequest(requestUri: string, routes: readonly NameAddr[]): NextHop | undefined {
  const first = routes[0]
  return nextHopOf(first ? first.sip : parseUri(requestUri))
}

function defaultPort(protocol: Protocol): number {
  switch (protocol) {
    case 'tls':
      return 5061
    case 'ws':
      return 80
    case 'wss':
      return 443
    default:
      return 5060
  }
}
