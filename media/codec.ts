/** Voice codecs by their SDP encoding name (RFC 3551, RFC 7587). */
export type Codec = 'PCMU' | 'PCMA' | 'G722' | 'opus'

/** Which way sound may flow, as the media server sees it (RFC 3264 5.1): `sendonly` means that we send and the peer listens. */
export type MediaDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'

/** How packets are protected: plain RTP, SRTP with keys in the SDP (RFC 4568), or DTLS-SRTP with ICE for browsers. */
export type MediaProfile = 'rtp' | 'srtp' | 'webrtc'

const allCodecs: readonly Codec[] = ['PCMU', 'PCMA', 'G722', 'opus']

/** Every codec, the wanted one first. */
export function codecsPreferring(wanted: Codec | undefined): readonly Codec[] {
  return wanted === undefined ? allCodecs : [wanted, ...allCodecs.filter((codec) => codec !== wanted)]
}
