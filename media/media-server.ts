import type { TypedEmitter } from '../core/typed-emitter.ts'
import type { Codec, MediaProfile } from './codec.ts'
import type { Conference, ConferenceOptions } from './conference.ts'
import type { Endpoint } from './endpoint.ts'
import type { MediaStats } from './media-stats.ts'

export interface EndpointOptions {
  /** The peer's offer: `localSdp` is then the answer. Without it `localSdp` is our offer, completed by `accept(answer)`. */
  readonly remoteSdp?: string
  readonly profile: MediaProfile
  /** Allowed codecs, most wanted first. Default all that the server has. */
  readonly codecs?: readonly Codec[]
  /** What to listen for beside telephone-events: each costs decoding all that the peer says. Default nothing. */
  readonly listenFor?: ListenFor
  /** The address of the peer's signalling, to choose which of our addresses the SDP names. */
  readonly peerAddress?: string
}

export interface ListenFor {
  /** Keys as tones in the sound (ITU-T Q.23), told as `digit`. For peers without telephone-events and lines from old networks. */
  readonly inBandDigits?: boolean
  /** Fax CNG and CED, told as `tone`. */
  readonly faxTones?: boolean
  /** Tell `silence` when nothing audible came for that long. */
  readonly silenceMs?: number
}

export type MediaServerEvents = {
  /** It died, with everything on it (each endpoint and conference says `closed` with `engine-died` first); another one is being started. */
  died: [Error]
  /** It can take endpoints again after it died. */
  recovered: []
}

/** Whatever carries the voice: the built-in engine or a FreeSWITCH. */
export interface MediaServer {
  readonly events: TypedEmitter<MediaServerEvents>
  /** @throws NoCommonCodec, UnusableSdp, NoMediaPort, MediaServerDied, MediaClosed */
  createEndpoint(options: EndpointOptions): Promise<Endpoint>
  /** @throws MediaServerDied, MediaClosed */
  createConference(name: string, options?: ConferenceOptions): Promise<Conference>
  stats(): MediaStats
  /** Ends every endpoint and conference (`closed` with `server-closed`). May be called again. */
  close(): Promise<void>
}
