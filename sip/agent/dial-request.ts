import { NameAddr } from '../edge/message/name-addr.ts'
import { parseUri, SipUri } from '../edge/message/sip-uri.ts'
import type { Binding } from './binding.ts'
import type { SrfHeaders } from './srf.ts'

/** Whom the called phone shows. */
export interface CallingParty {
  /** '' shows only the number. */
  readonly name: string
  readonly number: string
}

/** An INVITE as `OutboundLeg` sends it. */
export interface DialRequest {
  /** The Request-URI. */
  readonly uri: string
  /** The address the request goes to, as a SIP URI with its transport. */
  readonly proxy: string
  readonly headers: SrfHeaders
  readonly localSdp: string
}

/**
 * An INVITE to a registered device. A phone whose Contact names another address than the one it registered from stands
 * behind NAT, and one on a connection cannot be connected to: both are reached the way the REGISTER came
 * (RFC 3261 10.3, RFC 5626 5.3). Any other listens where its Contact says, which need not be where it sends from.
 */
export function dialBinding(binding: Binding, caller: CallingParty, domain: string, localSdp: string): DialRequest {
  const identity = new NameAddr({
    displayName: caller.name || undefined,
    uri: new SipUri({ user: caller.number, host: domain }).toString(),
  }).toString()
  return {
    uri: binding.contact,
    proxy: nextHop(binding),
    localSdp,
    headers: {
      From: identity,
      To: `<${binding.contact}>`,
      'P-Asserted-Identity': identity,
      'User-Agent': 'Strowger',
    },
  }
}

function nextHop(binding: Binding): string {
  const { transport, remoteAddress, remotePort } = binding
  const contact = parseUri(binding.contact)
  const host = remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress
  if (transport !== 'udp') return `sip:${host}:${remotePort};transport=${transport}`
  const port = contact?.address === remoteAddress ? (contact.port ?? 5060) : remotePort
  return `sip:${host}:${port}`
}
