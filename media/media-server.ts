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
  /** The address of the peer's signalling, to choose which of our addresses the SDP names. */
  readonly peerAddress?: string
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
