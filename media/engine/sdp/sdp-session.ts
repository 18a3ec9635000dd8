import { randomInt } from 'node:crypto'
import { isIPv6 } from 'node:net'
import type { Codec, MediaDirection, MediaProfile } from '../../codec.ts'
import { NoCommonCodec, UnusableSdp } from '../../media-errors.ts'
import { iceLines, icePeer, type LocalIce, type RemoteIce } from './ice-description.ts'
import { readSdp, type RemoteAudio, type RemoteSession } from './read-sdp.ts'
import { type CryptoLine, OwnKeys, writeCryptoLine } from './sdes.ts'
import type { PayloadOf, StreamPlan } from './stream-plan.ts'
import { writeSdp, type PayloadLine } from './write-sdp.ts'

export interface SdpSessionOptions {
  readonly profile: MediaProfile
  /** What SDP says we listen on. */
  readonly address: string
  readonly port: number
  readonly codecs: readonly Codec[]
  /** For profile `webrtc`. */
  readonly ice?: LocalIce
}

const defaultPayloads: Readonly<Record<Codec, number>> = { PCMU: 0, PCMA: 8, G722: 9, opus: 111 }
const maps: Readonly<Record<Codec, string>> = {
  PCMU: 'PCMU/8000',
  PCMA: 'PCMA/8000',
  G722: 'G722/8000',
  opus: 'opus/48000/2',
}
const defaultEventPayload = 101
const wideEventPayload = 110
/** RFC 7587 6.1: what we send is mono, and so is what we make of what comes. */
const opusParameters = 'minptime=10;useinbandfec=1;stereo=0;sprop-stereo=0'
/** Taken when the peer gave our usual number to something else. */
const sparePayload = 116
const spareEventPayload = 117
const defaultPtimeMs = 20
const protocolsOf: Readonly<Record<MediaProfile, readonly string[]>> = {
  rtp: ['RTP/AVP', 'RTP/AVPF'],
  srtp: ['RTP/SAVP', 'RTP/SAVPF'],
  webrtc: ['UDP/TLS/RTP/SAVPF', 'UDP/TLS/RTP/SAVP', 'RTP/SAVPF'],
}

const reversed: Readonly<Record<MediaDirection, MediaDirection>> = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
}

interface Agreed {
  readonly remote: RemoteSession
  readonly plan: StreamPlan
  readonly isHeldByPeer: boolean
  readonly sdp: string
}

interface OpenOffer {
  readonly direction: MediaDirection
  readonly sdp: string
}

/** One side of an offer/answer conversation (RFC 3264): pure text in, text and plan out. A failed step changes nothing. */
export class SdpSession {
  readonly #options: SdpSessionOptions
  readonly #sessionId = String(randomInt(1, 2 ** 47))
  readonly #keys = new OwnKeys()
  #version = 0
  #agreed: Agreed | undefined
  #offer: OpenOffer | undefined

  constructor(options: SdpSessionOptions) {
    this.#options = options
  }

  /** The newest description of ours. */
  get local(): string {
    return this.#offer?.sdp ?? this.#agreed?.sdp ?? ''
  }

  get plan(): StreamPlan | undefined {
    return this.#agreed?.plan
  }

  get isHeldByPeer(): boolean {
    return this.#agreed?.isHeldByPeer ?? false
  }

  get hasOpenOffer(): boolean {
    return this.#offer !== undefined
  }

  /** Whether the peer says what it said last: a 200 after its 183, a refresh (RFC 3264 8). */
  isRepeat(remoteSdp: string): boolean {
    return !this.#offer && this.#agreed?.remote.text === remoteSdp
  }

  offer(direction: MediaDirection = 'sendrecv'): string {
    const sdp = this.#write({
      remote: this.#agreed?.remote,
      protocol: this.#agreed?.remote.audio?.protocol ?? (protocolsOf[this.#options.profile][0] as string),
      payloads: this.#offeredPayloads(),
      direction,
      ptimeMs: this.#agreed?.plan.ptimeMs ?? defaultPtimeMs,
      attributes: this.#offeredAttributes(),
    })
    this.#offer = { direction, sdp }
    return sdp
  }

  withdraw(): void {
    if (this.#agreed) this.#offer = undefined
  }

  /** The peer's answer to our open offer. @throws NoCommonCodec, UnusableSdp */
  complete(remoteSdp: string): StreamPlan {
    const offer = this.#offer
    if (!offer) throw new UnusableSdp('there is no open offer to be answered')
    const remote = this.#read(remoteSdp)
    const audio = this.#usableAudio(remote)
    const codecs = this.#common(audio)
    const direction = narrow(offer.direction, reversed[audio.direction])
    const plan = this.#planOf(audio, codecs, {
      direction,
      codec: (codec) => this.#payloadOf(codec),
      events: (clockRate) => this.#eventPayloadOf(clockRate),
      security: this.#acceptedSecurity(audio),
      // Who answers `active` begins the handshake (RFC 8842 5.2).
      ice: this.#remoteIce(audio, audio.setup === 'passive' ? 'client' : 'server'),
    })
    const isHeldByPeer = sends(offer.direction) && !sends(direction)
    this.#agreed = { remote, plan, isHeldByPeer, sdp: offer.sdp }
    this.#offer = undefined
    return plan
  }

  /** Answers the peer's offer. @throws NoCommonCodec, UnusableSdp */
  answer(remoteSdp: string): { readonly sdp: string; readonly plan: StreamPlan } {
    const remote = this.#read(remoteSdp)
    const audio = this.#usableAudio(remote)
    // One codec only, so that the peer cannot change it in mid-stream.
    const codecs = this.#common(audio).slice(0, 1)
    const direction = reversed[audio.direction]
    const security = this.#offeredSecurity(audio)
    const ice = this.#remoteIce(audio, audio.setup === 'active' ? 'server' : 'client')
    const theirs = new Map(audio.codecs.map(({ codec, payload }) => [codec, payload]))
    // RFC 3264 6.1: the answer keeps the offer's payload types.
    const plan = this.#planOf(audio, codecs, {
      direction,
      codec: (codec) => theirs.get(codec) ?? defaultPayloads[codec],
      events: (_, theirPayload) => theirPayload,
      security: security && { send: this.#keys.keyFor(security.suite), receive: security },
      ice,
    })
    const sdp = this.#write({
      remote,
      protocol: audio.protocol,
      payloads: payloadLines(plan.receive, plan.events),
      direction,
      ptimeMs: plan.ptimeMs,
      attributes: [
        ...(audio.isRtcpMux && !ice ? ['a=rtcp-mux'] : []),
        ...this.#iceLines(ice?.role === 'server' ? 'passive' : 'active', audio.mid),
        ...(security ? [writeCryptoLine({ tag: security.tag, ...this.#keys.keyFor(security.suite) })] : []),
      ],
    })
    this.#agreed = { remote, plan, isHeldByPeer: !sends(direction), sdp }
    this.#offer = undefined
    return { sdp, plan }
  }

  #read(remoteSdp: string): RemoteSession {
    return readSdp(remoteSdp, protocolsOf[this.#options.profile])
  }

  #usableAudio(remote: RemoteSession): RemoteAudio {
    const { audio } = remote
    if (!audio) throw new UnusableSdp(`there is no audio line with ${protocolsOf[this.#options.profile].join(' or ')}`)
    if (!audio.ice && isIPv6(audio.address) !== isIPv6(this.#options.address)) {
      throw new UnusableSdp(`${audio.address} is not of the address family of ${this.#options.address}`)
    }
    return audio
  }

  #common(audio: RemoteAudio): RemoteAudio['codecs'] {
    const common = audio.codecs.filter(({ codec }) => this.#options.codecs.includes(codec))
    if (common.length > 0) return common
    throw new NoCommonCodec(`none of ${this.#options.codecs.join(', ')} is in the peer's description`)
  }

  #planOf(
    audio: RemoteAudio,
    codecs: readonly PayloadOf[],
    ours: {
      readonly direction: MediaDirection
      readonly codec: (codec: Codec) => number
      readonly events: (clockRate: number, theirPayload: number) => number
      readonly security: StreamPlan['security']
      readonly ice: StreamPlan['ice']
    },
  ): StreamPlan {
    const send = codecs[0] as PayloadOf
    const clockRate = send.codec === 'opus' ? 48000 : 8000
    const events = audio.events.find((event) => event.clockRate === clockRate) ?? audio.events[0]
    return {
      remote: ours.ice
        ? { ...icePeer, rtcpAddress: icePeer.address, rtcpPort: icePeer.port, isRtcpMux: true }
        : {
            address: audio.address,
            port: audio.port,
            rtcpAddress: audio.rtcpAddress,
            rtcpPort: audio.rtcpPort,
            isRtcpMux: audio.isRtcpMux,
          },
      send,
      receive: codecs.map(({ codec }) => ({ codec, payload: ours.codec(codec) })),
      events: events && {
        send: events.payload,
        receive: ours.events(events.clockRate, events.payload),
        clockRate: events.clockRate,
      },
      comfortNoise: audio.comfortNoise,
      ptimeMs: audio.ptimeMs ?? defaultPtimeMs,
      security: ours.security,
      ice: ours.ice,
      direction: ours.direction,
    }
  }

  #offeredAttributes(): string[] {
    if (this.#options.profile === 'srtp') return this.#keys.offered().map(writeCryptoLine)
    return this.#iceLines('actpass', this.#agreed?.remote.audio?.mid)
  }

  #iceLines(setup: 'actpass' | 'active' | 'passive', mid = '0'): string[] {
    return this.#options.ice ? iceLines(this.#options.ice, setup, mid) : []
  }

  #remoteIce(audio: RemoteAudio, role: RemoteIce['role']): RemoteIce | undefined {
    if (!this.#options.ice) return undefined
    if (!audio.ice) throw new UnusableSdp('there is no ICE or no fingerprint in the description')
    // RFC 8842 5.5: a handshake that was made keeps its roles.
    return { ...audio.ice, role: this.#agreed?.plan.ice?.role ?? role }
  }

  /** The peer's first line that we understand (RFC 4568 5.1.2). */
  #offeredSecurity(audio: RemoteAudio): CryptoLine | undefined {
    if (this.#options.profile !== 'srtp') return undefined
    const line = audio.cryptoLines[0]
    if (!line) throw new UnusableSdp('none of the offered a=crypto lines can be used')
    return line
  }

  /** The line that the peer took from our offer, with its own key (RFC 4568 5.1.3). */
  #acceptedSecurity(audio: RemoteAudio): StreamPlan['security'] {
    if (this.#options.profile !== 'srtp') return undefined
    const line = audio.cryptoLines[0]
    const ours = this.#keys.offered().find(({ tag, suite }) => tag === line?.tag && suite === line.suite)
    if (!line || !ours) throw new UnusableSdp('the answer has no a=crypto line of our offer')
    return { send: ours, receive: line }
  }

  #offeredPayloads(): PayloadLine[] {
    const { codecs } = this.#options
    const offered = codecs.map((codec) => ({ codec, payload: this.#payloadOf(codec) }))
    const clockRates = codecs.includes('opus') ? [8000, 48000] : [8000]
    const events = clockRates.map((clockRate) => eventLine(this.#eventPayloadOf(clockRate), clockRate))
    return [...payloadLines(offered, undefined), ...events]
  }

  /** RFC 3264 8.3.2: a payload type once given to a codec keeps it for the session. */
  #payloadOf(codec: Codec): number {
    const agreed = this.#agreed?.plan
    const payload = agreed?.receive.find((entry) => entry.codec === codec)?.payload ?? defaultPayloads[codec]
    return payload === agreed?.events?.receive ? sparePayload : payload
  }

  #eventPayloadOf(clockRate: number): number {
    const agreed = this.#agreed?.plan
    if (agreed?.events?.clockRate === clockRate) return agreed.events.receive
    const payload = clockRate === 48000 ? wideEventPayload : defaultEventPayload
    return agreed?.receive.some((entry) => entry.payload === payload) ? spareEventPayload : payload
  }

  #write(what: {
    readonly remote: RemoteSession | undefined
    readonly protocol: string
    readonly payloads: readonly PayloadLine[]
    readonly direction: MediaDirection
    readonly ptimeMs: number
    readonly attributes: readonly string[]
  }): string {
    this.#version++
    const { address, port } = this.#options
    const { remote, protocol, payloads, direction, ptimeMs, attributes } = what
    return writeSdp(
      {
        sessionId: this.#sessionId,
        version: this.#version,
        attributes: this.#options.ice ? [`a=group:BUNDLE ${remote?.audio?.mid ?? '0'}`] : [],
        audioIndex: remote?.audio?.index ?? 0,
        lines: remote?.lines ?? [],
      },
      { address, port, protocol, payloads, direction, ptimeMs, attributes },
    )
  }
}

function payloadLines(
  codecs: readonly PayloadOf[],
  events: { readonly receive: number; readonly clockRate: number } | undefined,
): PayloadLine[] {
  const voice = codecs.map(({ codec, payload }) => ({
    payload,
    map: maps[codec],
    ...(codec === 'opus' ? { parameters: opusParameters } : {}),
  }))
  return events ? [...voice, eventLine(events.receive, events.clockRate)] : voice
}

function eventLine(payload: number, clockRate: number): PayloadLine {
  return { payload, map: `telephone-event/${clockRate}`, parameters: '0-15' }
}

/** Whether we send. */
function sends(direction: MediaDirection): boolean {
  return direction === 'sendrecv' || direction === 'sendonly'
}

/** What two wishes allow together, both as we see them. */
function narrow(one: MediaDirection, other: MediaDirection): MediaDirection {
  const isSending = sends(one) && sends(other)
  const isReceiving = one !== 'sendonly' && one !== 'inactive' && other !== 'sendonly' && other !== 'inactive'
  if (isSending) return isReceiving ? 'sendrecv' : 'sendonly'
  return isReceiving ? 'recvonly' : 'inactive'
}
