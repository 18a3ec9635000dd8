/** Bytes of an RTP header without sources and extension (RFC 3550 5.1). */
export const rtpHeaderBytes = 12

/** A reader over one RTP packet, made to be used again for the next one so that a packet costs no allocation. */
export class RtpReader {
  payloadType = 0
  marker = false
  sequence = 0
  timestamp = 0
  ssrc = 0
  payloadStart = 0
  payloadEnd = 0

  /** Reads the header; false when this is no valid RTP packet (RFC 3550 5.1, A.1). */
  read(packet: Buffer): boolean {
    const length = packet.length
    if (length < rtpHeaderBytes) return false
    const first = packet[0] ?? 0
    if (first >> 6 !== 2) return false
    let start = rtpHeaderBytes + (first & 0x0f) * 4
    if (first & 0x10) {
      if (start + 4 > length) return false
      start += 4 + packet.readUInt16BE(start + 2) * 4
    }
    const padding = first & 0x20 ? (packet[length - 1] ?? 0) : 0
    if (first & 0x20 && padding === 0) return false
    const end = length - padding
    if (start > end) return false
    const second = packet[1] ?? 0
    this.marker = second >> 7 === 1
    this.payloadType = second & 0x7f
    this.sequence = packet.readUInt16BE(2)
    this.timestamp = packet.readUInt32BE(4)
    this.ssrc = packet.readUInt32BE(8)
    this.payloadStart = start
    this.payloadEnd = end
    return true
  }
}

/** Writes a header with neither sources nor extension at `at`. */
export function writeRtpHeader(
  packet: Buffer,
  at: number,
  header: {
    readonly payloadType: number
    readonly marker: boolean
    readonly sequence: number
    readonly timestamp: number
    readonly ssrc: number
  },
): void {
  packet[at] = 0x80
  packet[at + 1] = header.payloadType | (header.marker ? 0x80 : 0)
  packet.writeUInt16BE(header.sequence, at + 2)
  packet.writeUInt32BE(header.timestamp, at + 4)
  packet.writeUInt32BE(header.ssrc, at + 8)
}

/** Whether a packet on a shared port is RTCP (RFC 5761 4): packet types 192 to 223. */
export function looksLikeRtcp(packet: Buffer): boolean {
  const second = packet[1] ?? 0
  return second >= 192 && second <= 223
}
