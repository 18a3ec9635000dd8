import type { MediaTarget } from './rtp-session.ts'

export type SdpDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'

export interface AudioDescription {
  readonly target: MediaTarget
  readonly direction: SdpDirection
  /** Payload types in order of preference. */
  readonly payloadTypes: readonly number[]
}

/** An offer or answer with PCMU and telephone-event. */
export function writeSdp(o: {
  address: string
  port: number
  version: number
  ptimeMs: number
  direction: SdpDirection
}): string {
  const family = o.address.includes(':') ? 'IP6' : 'IP4'
  return [
    'v=0',
    `o=- 1 ${o.version} IN ${family} ${o.address}`,
    's=-',
    `c=IN ${family} ${o.address}`,
    't=0 0',
    `m=audio ${o.port} RTP/AVP 0 101`,
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    `a=ptime:${o.ptimeMs}`,
    `a=${o.direction}`,
    '',
  ].join('\r\n')
}

/** The first audio stream. @returns undefined when there is none or it was refused */
export function readSdp(sdp: string): AudioDescription | undefined {
  const lines = sdp.split(/\r?\n/)
  const start = lines.findIndex((line) => line.startsWith('m=audio '))
  if (start < 0) return undefined
  const end = lines.findIndex((line, at) => at > start && line.startsWith('m='))
  const media = lines.slice(start, end < 0 ? undefined : end)
  const session = lines.slice(
    0,
    lines.findIndex((line) => line.startsWith('m=')),
  )
  const [, port = '0', , ...payloadTypes] = (media[0] ?? '').split(' ')
  if (port === '0') return undefined
  const connection = [...media, ...session].find((line) => line.startsWith('c=')) ?? ''
  const direction = [...media, ...session]
    .map((line) => /^a=(sendrecv|sendonly|recvonly|inactive)$/.exec(line)?.[1])
    .find(Boolean)
  return {
    target: { address: connection.split(' ')[2] ?? '', port: Number(port) },
    direction: (direction as SdpDirection | undefined) ?? 'sendrecv',
    payloadTypes: payloadTypes.map(Number),
  }
}

/** The answer to a direction (RFC 3264 6.1). */
export function mirrored(direction: SdpDirection): SdpDirection {
  if (direction === 'sendonly') return 'recvonly'
  if (direction === 'recvonly') return 'sendonly'
  return direction
}
