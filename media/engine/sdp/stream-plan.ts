import type { Codec, MediaDirection } from '../../codec.ts'
import type { RemoteIce } from './ice-description.ts'
import type { SrtpKey } from '../rtp/srtp-keys.ts'

export interface PayloadOf {
  readonly codec: Codec
  readonly payload: number
}

/** What offer and answer agreed on, as the packet side needs it. */
export interface StreamPlan {
  readonly remote: {
    readonly address: string
    readonly port: number
    readonly rtcpAddress: string
    readonly rtcpPort: number
    readonly isRtcpMux: boolean
  }
  /** The codec we send, under the peer's payload type. */
  readonly send: PayloadOf
  /** Payload types of ours that the peer may use, the sent codec's first. */
  readonly receive: readonly PayloadOf[]
  /** telephone-event payload types (RFC 4733), where both know it. */
  readonly events: { readonly send: number; readonly receive: number; readonly clockRate: number } | undefined
  /** Comfort noise (RFC 3389) that the peer may send. */
  readonly comfortNoise: number | undefined
  readonly ptimeMs: number
  /** SRTP by keys in the SDP (RFC 4568); undefined: plain RTP. */
  readonly security: { readonly send: SrtpKey; readonly receive: SrtpKey } | undefined
  /** ICE and DTLS-SRTP; the keys come of the handshake then. */
  readonly ice: RemoteIce | undefined
  /** As we see it. */
  readonly direction: MediaDirection
}
