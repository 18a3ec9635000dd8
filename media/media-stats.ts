import type { Codec } from './codec.ts'

/** What one endpoint has sent and received so far. `lost`, `jitterMs` are of what we receive. */
export interface RtpStats {
  readonly codec: Codec | undefined
  readonly packetsReceived: number
  readonly bytesReceived: number
  readonly packetsSent: number
  readonly bytesSent: number
  /** Packets that the sequence numbers say should have come (RFC 3550 A.3). */
  readonly packetsLost: number
  /** Packets the peer reported lost of those we sent (RTCP). */
  readonly packetsLostByPeer: number
  /** Interarrival jitter (RFC 3550 6.4.1). */
  readonly jitterMs: number
  /** From RTCP (RFC 3550 6.4.1); undefined until a report answered ours. */
  readonly roundTripMs: number | undefined
  /** Estimated mean opinion score of what we receive, 1 to 4.5 (ITU-T G.107); undefined until something came. */
  readonly mos: number | undefined
  /** Packets from another address than the peer's (RTP bleed, injection). */
  readonly packetsFromStrangers: number
  /** Packets that were no RTP or RTCP, or of an unknown payload type. */
  readonly packetsMalformed: number
}

export interface MediaStats {
  readonly endpoints: number
  readonly conferences: number
  readonly portsFree: number
  readonly packetsReceived: number
  readonly packetsSent: number
  /** The greatest lateness of the packet clock's ticks in the last minute. */
  readonly clockLatenessMs: number
}
