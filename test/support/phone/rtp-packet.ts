/** One RTP packet (RFC 3550 5.1), without extensions and contributing sources. */
export interface RtpPacket {
  readonly payloadType: number
  readonly hasMarker: boolean
  readonly sequence: number
  /** In samples. */
  readonly timestamp: number
  readonly ssrc: number
  readonly payload: Buffer
}

const headerBytes = 12

export function writeRtp(packet: RtpPacket): Buffer {
  const bytes = Buffer.allocUnsafe(headerBytes + packet.payload.length)
  bytes[0] = 0x80
  bytes[1] = packet.payloadType | (packet.hasMarker ? 0x80 : 0)
  bytes.writeUInt16BE(packet.sequence & 0xffff, 2)
  bytes.writeUInt32BE(packet.timestamp >>> 0, 4)
  bytes.writeUInt32BE(packet.ssrc >>> 0, 8)
  packet.payload.copy(bytes, headerBytes)
  return bytes
}

/** @returns undefined for anything that is no RTP, RTCP included */
export function readRtp(bytes: Buffer): RtpPacket | undefined {
  const first = bytes[0] ?? 0
  const second = bytes[1] ?? 0
  const isRtcp = second >= 192 && second <= 223
  if (bytes.length < headerBytes || first >> 6 !== 2 || isRtcp) return undefined
  let start = headerBytes + (first & 0x0f) * 4
  if (first & 0x10) start += 4 + (start + 4 <= bytes.length ? bytes.readUInt16BE(start + 2) * 4 : 0)
  const padding = first & 0x20 ? (bytes.at(-1) ?? 0) : 0
  if (start > bytes.length - padding) return undefined
  return {
    payloadType: second & 0x7f,
    hasMarker: (second & 0x80) !== 0,
    sequence: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    ssrc: bytes.readUInt32BE(8),
    payload: bytes.subarray(start, bytes.length - padding),
  }
}
