import { isIPv6 } from 'node:net'
import type { MediaDirection } from '../../codec.ts'
import type { RemoteLine } from './read-sdp.ts'

export interface PayloadLine {
  readonly payload: number
  /** For example `PCMU/8000`. */
  readonly map: string
  readonly parameters?: string
}

/** The audio line we stand for. */
export interface LocalAudio {
  readonly address: string
  readonly port: number
  readonly protocol: string
  readonly payloads: readonly PayloadLine[]
  readonly direction: MediaDirection
  readonly ptimeMs: number
  /** Further lines of this medium, `a=` included. */
  readonly attributes: readonly string[]
}

export interface LocalSession {
  readonly sessionId: string
  readonly version: number
  /** Lines of the session part, `a=` included. */
  readonly attributes: readonly string[]
  /** The place of our audio among the peer's lines; the others are refused in theirs (RFC 3264 6). */
  readonly audioIndex: number
  readonly lines: readonly RemoteLine[]
}

/** Writes a session description; `\r\n` line ends, `c=` in the session part. */
export function writeSdp(session: LocalSession, audio: LocalAudio): string {
  const network = `IN ${isIPv6(audio.address) ? 'IP6' : 'IP4'} ${audio.address}`
  const lines = [
    'v=0',
    `o=- ${session.sessionId} ${session.version} ${network}`,
    's=-',
    `c=${network}`,
    't=0 0',
    ...session.attributes,
  ]
  const count = Math.max(session.lines.length, session.audioIndex + 1)
  for (let index = 0; index < count; index++) {
    const theirs = session.lines[index]
    if (index === session.audioIndex) lines.push(...audioLines(audio))
    else if (theirs) lines.push(...refusedLines(theirs))
  }
  return lines.join('\r\n') + '\r\n'
}

function audioLines(audio: LocalAudio): string[] {
  return [
    `m=audio ${audio.port} ${audio.protocol} ${audio.payloads.map(({ payload }) => payload).join(' ')}`,
    ...audio.payloads.flatMap(({ payload, map, parameters }) => [
      `a=rtpmap:${payload} ${map}`,
      ...(parameters === undefined ? [] : [`a=fmtp:${payload} ${parameters}`]),
    ]),
    `a=ptime:${audio.ptimeMs}`,
    ...audio.attributes,
    `a=${audio.direction}`,
  ]
}

/** RFC 3264 6: a refused stream keeps its line, with port 0 and at least one of its formats. */
function refusedLines({ type, protocol, payloads, mid }: RemoteLine): string[] {
  return [`m=${type} 0 ${protocol} ${payloads || '0'}`, ...(mid === undefined ? [] : [`a=mid:${mid}`])]
}
