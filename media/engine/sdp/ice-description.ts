import type { MediaDescription, SessionDescription } from 'sdp-transform'
import { textOf } from './text-of.ts'

export interface Fingerprint {
  readonly algorithm: string
  readonly value: string
}

/** Our side of ICE and DTLS, as the packet thread made it. */
export interface LocalIce {
  readonly ufrag: string
  readonly password: string
  readonly fingerprint: Fingerprint
  /** Without `a=candidate:`. */
  readonly candidates: readonly string[]
  /** Of the stream we send: told so that a browser knows it before its first packet. */
  readonly ssrc: number
}

/** The peer's side. */
export interface RemoteIce {
  readonly ufrag: string
  readonly password: string
  readonly isLite: boolean
  readonly candidates: readonly string[]
  readonly fingerprints: readonly Fingerprint[]
  /** Which part we take in the DTLS handshake. */
  readonly role: 'client' | 'server'
}

/** Stands for the peer's address where ICE decides it: ICE has proven by then that it is the right one. */
export const icePeer = { address: 'ice', port: 1 } as const

/** What a peer's description says about ICE and DTLS; undefined when something is missing (RFC 8839, RFC 8842). */
export function readIce(session: SessionDescription, media: MediaDescription): Omit<RemoteIce, 'role'> | undefined {
  const ufrag = textOf(media.iceUfrag ?? session.iceUfrag)
  const password = textOf(media.icePwd ?? session.icePwd)
  const fingerprint = media.fingerprint ?? session.fingerprint
  if (ufrag === undefined || password === undefined || !fingerprint) return undefined
  return {
    ufrag,
    password,
    isLite: session.icelite !== undefined,
    candidates: (media.candidates ?? []).flatMap((candidate) => {
      // Names under .local are for the peer's own network; its checks will show the address.
      const isUsable =
        candidate.transport.toLowerCase() === 'udp' && candidate.component === 1 && !candidate.ip.endsWith('.local')
      const { foundation, priority, ip, port, type } = candidate
      return isUsable ? [`${foundation} 1 udp ${priority} ${ip} ${port} typ ${type}`] : []
    }),
    fingerprints: [{ algorithm: fingerprint.type, value: fingerprint.hash }],
  }
}

/** @param setup RFC 8842: `actpass` in offers, `active` (DTLS client) or `passive` in answers */
export function iceLines(ice: LocalIce, setup: 'actpass' | 'active' | 'passive', mid: string): string[] {
  return [
    `a=mid:${mid}`,
    `a=ice-ufrag:${ice.ufrag}`,
    `a=ice-pwd:${ice.password}`,
    `a=fingerprint:${ice.fingerprint.algorithm} ${ice.fingerprint.value}`,
    `a=setup:${setup}`,
    'a=rtcp-mux',
    ...ice.candidates.map((candidate) => `a=candidate:${candidate}`),
    'a=end-of-candidates',
    'a=msid:strowger audio',
    `a=ssrc:${ice.ssrc} cname:strowger`,
    `a=ssrc:${ice.ssrc} msid:strowger audio`,
  ]
}
