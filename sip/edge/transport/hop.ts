import type { SipUri } from '../message/sip-uri.ts'
import type { Protocol } from './flow.ts'

/** What a SIP URI says about where to send, before anything is looked up. */
export interface Hop {
  /** A name or a numeric address without brackets. */
  readonly host: string
  readonly port: number | undefined
  /** What the URI asks for; undefined leaves it to DNS. */
  readonly protocol: Protocol | undefined
  /** Whether only TLS will do. */
  readonly isSecure: boolean
}

const protocols: ReadonlySet<string> = new Set(['udp', 'tcp', 'tls', 'ws', 'wss'])

/** RFC 3263 4: maddr goes before the host. Undefined when the URI asks for a transport that nobody here speaks. */
export function hopOfUri(uri: SipUri): Hop | undefined {
  const isSecure = uri.scheme === 'sips'
  const named = uri.transport
  if (named !== undefined && !protocols.has(named)) return undefined
  const host = uri.params.get('maddr') ?? uri.address
  const protocol = named === undefined ? undefined : secured(named as Protocol, isSecure)
  return { host, port: uri.port, protocol, isSecure }
}

/** `sips:…;transport=tcp` means TLS (RFC 3261 26.2.2). */
function secured(protocol: Protocol, isSecure: boolean): Protocol {
  if (!isSecure) return protocol
  return protocol === 'ws' || protocol === 'wss' ? 'wss' : 'tls'
}

export function defaultPort(protocol: Protocol): number {
  switch (protocol) {
    case 'udp':
    case 'tcp':
      return 5060
    case 'tls':
      return 5061
    case 'ws':
      return 80
    case 'wss':
      return 443
  }
}
