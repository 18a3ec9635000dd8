import type { TypedEmitter } from '../core/typed-emitter.ts'
import type { Codec, MediaDirection } from './codec.ts'
import type { CollectOptions, Digits } from './collect.ts'
import type { Conference, JoinOptions, Member } from './conference.ts'
import type { RtpStats } from './media-stats.ts'
import type { Recording, RecordOptions, RecordResult, RecordSessionOptions } from './recording.ts'
import type { PlayOptions, PlayResult, Source } from './source.ts'

export interface DigitPressed {
  /** `0`-`9`, `*`, `#`, `A`-`D`. */
  readonly digit: string
  readonly durationMs: number
}

/** Why an endpoint ended. */
export type EndpointEnd = 'closed' | 'server-closed' | 'engine-died'

export type EndpointEvents = {
  /** Once per key press, when it is released or known to be lost (RFC 4733). */
  digit: [DigitPressed]
  /** A tone was recognised: a calling or answering fax machine. Where `listenFor.faxTones` asked for it. */
  tone: [tone: 'fax-cng' | 'fax-ced']
  /** Nothing audible has come from the peer for that long while it should send, once. Where `listenFor.silenceMs` asked for it. */
  silence: [silentMs: number]
  /** No packet has come for the media timeout while the peer should send; once, until packets come again. */
  lost: [withoutPacketsMs: number]
  /** The end, once. After it every method rejects with MediaClosed; `close()` stays allowed. */
  closed: [reason: EndpointEnd]
}

/** One RTP stream with one peer: what a SIP leg talks to. */
export interface Endpoint {
  readonly id: string
  /** Always the newest: our offer until the peer's SDP came, then the answer or the agreed session. */
  readonly localSdp: string
  readonly events: TypedEmitter<EndpointEvents>
  readonly isClosed: boolean
  /** What both sides agreed on, undefined before. */
  readonly codec: Codec | undefined
  /** Which way sound flows, as we see it. `sendrecv` unless the peer said otherwise: `sendonly`/`inactive` is a peer that does not send, `recvonly` one that does not listen. */
  readonly direction: MediaDirection
  /** The peer put us on hold: `a=sendonly`, `a=inactive` or `c=0.0.0.0` (RFC 3264 8.4). */
  readonly isHeldByPeer: boolean

  /**
   * Takes the peer's SDP. While an offer of ours is open (made without a remote SDP, or by `offer()`) it is the answer and the
   * result is undefined; otherwise it is an offer (first, re-INVITE, UPDATE) and the result is our answer.
   * The same SDP twice (a 183 and its 200) changes nothing.
   * @throws NoCommonCodec, UnusableSdp: the session stays as it was. @throws MediaClosed
   */
  accept(remoteSdp: string): Promise<string | undefined>
  /**
   * A new offer in the same session (same port, next version of `o=`), for a re-INVITE of ours; answered through `accept`.
   * `direction` asks for hold (`sendonly`, `inactive`) or its end (`sendrecv`, the default).
   */
  offer(options?: { readonly direction?: MediaDirection }): Promise<string>
  /** Takes back an offer that was refused (for example 488 or 491 to the re-INVITE): the session stays as it was before. */
  withdrawOffer(): void

  /**
   * Plays to the peer, one after the other; the peer hears it instead of a bridge or conference it is in.
   * A play that runs is replaced. @throws UnplayableSource before anything is heard; MediaClosed
   */
  play(source: Source | readonly Source[], options?: PlayOptions): Promise<PlayResult>
  /** Collects digits. @throws UnplayableSource when the prompt cannot be played; MediaClosed */
  collect(options: CollectOptions): Promise<Digits>
  /** Records what the peer says into a mono WAV file (written through; the directory must exist). @throws MediaClosed */
  record(file: string, options: RecordOptions): Promise<RecordResult>
  /** Records the whole conversation into a stereo WAV file: the peer left, what it hears right. @throws MediaClosed */
  recordSession(file: string, options?: RecordSessionOptions): Promise<Recording>

  /** Connects two endpoints, taking both out of other bridges or conferences; an endpoint with itself is an echo. @throws MediaClosed */
  bridge(other: Endpoint): Promise<void>
  /** Ends the bridge of both ends, or leaves the conference; nothing happens where there is neither. */
  unbridge(): Promise<void>
  /** Leaves the bridge it is in and becomes a member. */
  join(conference: Conference, options?: JoinOptions): Promise<Member>

  /** While on, what the peer says goes nowhere but into digits. */
  mute(on: boolean): void
  /** Sends digits as telephone-events (RFC 4733), each `durationMs` long (default 100) with 100 ms between; in-band tones where the peer knows no events. Resolves when sent. */
  sendDigits(digits: string, options?: { readonly durationMs?: number }): Promise<void>
  /** A fresh snapshot; after the end, the last one. */
  stats(): RtpStats
  /** Ends it and gives its ports back. Never rejects, may be called again. */
  close(): Promise<void>
}
