import { NameAddr } from '../edge/message/name-addr.ts'
import { SipUri } from '../edge/message/sip-uri.ts'
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
 * An INVITE to a registered device. It goes back the way the REGISTER came, whatever the Contact says, which is how
 * phones behind NAT and phones on TCP are reached (RFC 3261 10.3, RFC 5626 5.3).
 */
export function dialBinding(binding: Binding, caller: CallingParty, domain: string, localSdp: string): DialRequest {
  const { transport, remotePort } = binding
  const host = binding.remoteAddress.includes(':') ? `[${binding.remoteAddress}]` : binding.remoteAddress
  const identity = new NameAddr({
    displayName: caller.name || undefined,
    uri: new SipUri({ user: caller.number, host: domain }).toString(),
  }).toString()
  return {
    uri: binding.contact,
    proxy: `sip:${host}:${remotePort}${transport === 'udp' ? '' : `;transport=${transport}`}`,
    localSdp,
    headers: {
      From: identity,
      To: `<${binding.contact}>`,
      'P-Asserted-Identity': identity,
      'User-Agent': 'Strowger',
    },
  }
}
