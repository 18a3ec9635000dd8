import { isIP } from 'node:net'
import { parse, type MediaDescription, type SessionDescription } from 'sdp-transform'
import type { Codec, MediaDirection } from '../../codec.ts'
import { UnusableSdp } from '../../media-errors.ts'
import { icePeer, readIce, type RemoteIce } from './ice-description.ts'
import { type CryptoLine, readCryptoLines } from './sdes.ts'
import { textOf } from './text-of.ts'

export interface RemoteCodec {
  readonly codec: Codec
  readonly payload: number
}

export interface RemoteEvents {
  readonly payload: number
  readonly clockRate: number
}

/** One `m=` line as the peer wrote it, kept so that it can be answered or refused in its place (RFC 3264 6). */
export interface RemoteLine {
  readonly type: string
  readonly port: number
  readonly protocol: string
  readonly payloads: string
  readonly mid: string | undefined
}

export interface RemoteAudio {
  /** Which `m=` line it is. */
  readonly index: number
  readonly address: string
  readonly port: number
  readonly rtcpAddress: string
  readonly rtcpPort: number
  readonly isRtcpMux: boolean
  readonly protocol: string
  /** As the peer sees it. */
  readonly direction: MediaDirection
  readonly codecs: readonly RemoteCodec[]
  readonly events: readonly RemoteEvents[]
  /** 13 (RFC 3389) when the peer offers it. */
  readonly comfortNoise: number | undefined
  readonly ptimeMs: number | undefined
  readonly cryptoLines: readonly CryptoLine[]
  readonly ice: Omit<RemoteIce, 'role'> | undefined
  readonly setup: string | undefined
  readonly mid: string | undefined
}

export interface RemoteSession {
  readonly text: string
  readonly lines: readonly RemoteLine[]
  readonly audio: RemoteAudio | undefined
}

const staticCodecs: Readonly<Record<number, Codec>> = { 0: 'PCMU', 8: 'PCMA', 9: 'G722' }
const namedCodecs: Readonly<Record<string, { codec: Codec; rate: number }>> = {
  pcmu: { codec: 'PCMU', rate: 8000 },
  pcma: { codec: 'PCMA', rate: 8000 },
  // RFC 3551 4.5.2: the RTP clock of G.722 is 8,000 by an old mistake.
  g722: { codec: 'G722', rate: 8000 },
  opus: { codec: 'opus', rate: 48000 },
}

/**
 * Reads what a peer's SDP says about its first audio line whose protocol is one of `protocols`.
 * @throws UnusableSdp when it is no SDP at all
 */
export function readSdp(text: string, protocols: readonly string[]): RemoteSession {
  const session = parseSdp(text)
  const index = session.media.findIndex(
    (media) => media.type === 'audio' && media.port > 0 && protocols.includes(media.protocol.toUpperCase()),
  )
  const media = session.media[index]
  return {
    text,
    lines: session.media.map((line) => ({
      type: line.type,
      port: line.port,
      protocol: line.protocol,
      payloads: payloadsOf(line),
      mid: textOf(line.mid),
    })),
    audio: media ? readAudio(session, media, index) : undefined,
  }
}

/** sdp-transform takes anything and leaves out what it does not know; these are the parts that must be there. */
function parseSdp(text: string): SessionDescription {
  // RFC 4566 5.14: "port/number of ports", which the parser does not know.
  const session: Partial<SessionDescription> = parse(text.replace(/^(m=\w+ \d+)\/\d+/gm, '$1'))
  if (!text.startsWith('v=0') || !session.origin || !session.media || session.media.length === 0) {
    throw new UnusableSdp('the session description has no origin or no media line')
  }
  return session as SessionDescription
}

function payloadsOf(media: MediaDescription): string {
  return textOf(media.payloads) ?? ''
}

function readAudio(session: SessionDescription, media: MediaDescription, index: number): RemoteAudio {
  const address = media.connection?.ip ?? session.connection?.ip
  if (address === undefined || isIP(address) === 0) throw new UnusableSdp('the audio line has no usable address')
  if (media.port > 65535) throw new UnusableSdp(`the audio port ${media.port} is out of range`)
  const ice = readIce(session, media)
  const isRtcpMux = media.rtcpMux !== undefined
  const rtcpAddress = media.rtcp?.address
  return {
    index,
    address,
    port: media.port,
    rtcpAddress: rtcpAddress !== undefined && isIP(rtcpAddress) !== 0 ? rtcpAddress : address,
    rtcpPort: isRtcpMux ? media.port : portOr(media.rtcp?.port, media.port + 1),
    isRtcpMux,
    protocol: media.protocol,
    // A browser's address is in its candidates, and zeros here say nothing.
    direction: directionOf(media.direction ?? session.direction ?? 'sendrecv', ice ? icePeer.address : address),
    ...readPayloads(media),
    ptimeMs: ptimeOf(media),
    cryptoLines: readCryptoLines(media),
    ice,
    setup: media.setup ?? session.setup,
    mid: textOf(media.mid),
  }
}

/** RFC 3264 8.4: an address of zeros is the old way to say "do not send to me". */
function directionOf(direction: MediaDirection, address: string): MediaDirection {
  if (address !== '0.0.0.0' && address !== '::') return direction
  return direction === 'inactive' || direction === 'recvonly' ? 'inactive' : 'sendonly'
}

function readPayloads(media: MediaDescription): Pick<RemoteAudio, 'codecs' | 'events' | 'comfortNoise'> {
  const codecs: RemoteCodec[] = []
  const events: RemoteEvents[] = []
  let comfortNoise: number | undefined
  for (const word of payloadsOf(media).split(' ')) {
    const payload = Number(word)
    if (word === '' || !Number.isInteger(payload) || payload < 0 || payload > 127) continue
    const map = media.rtp.find((rtp) => rtp.payload === payload)
    const name = map?.codec.toLowerCase()
    if (name === 'telephone-event') events.push({ payload, clockRate: map?.rate ?? 8000 })
    else if (name === 'cn' || payload === 13) comfortNoise ??= map && map.rate !== 8000 ? undefined : payload
    else {
      const known = name === undefined ? undefined : namedCodecs[name]
      const codec = known && known.rate === map?.rate ? known.codec : map ? undefined : staticCodecs[payload]
      if (codec) codecs.push({ codec, payload })
    }
  }
  return { codecs, events, comfortNoise }
}

function ptimeOf(media: MediaDescription): number | undefined {
  const ptimeMs = Math.min(media.ptime ?? NaN, media.maxptime ?? Infinity)
  return Number.isFinite(ptimeMs) && ptimeMs >= 10 && ptimeMs <= 60 ? Math.floor(ptimeMs / 10) * 10 : undefined
}

function portOr(port: number | undefined, otherwise: number): number {
  return port !== undefined && port > 0 && port < 65536 ? port : otherwise
}
