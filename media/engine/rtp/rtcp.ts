/** RTCP packets (RFC 3550 6). */

const senderReport = 200
const receiverReport = 201
const sourceDescription = 202
const goodbye = 203
/** Seconds from 1900 to 1970. */
const ntpEpochOffset = 2_208_988_800

export interface ReportBlock {
  readonly ssrc: number
  /** In 1/256. */
  readonly fractionLost: number
  readonly packetsLost: number
  readonly extendedHighest: number
  readonly jitterUnits: number
  /** The middle 32 bits of the last sender report's NTP time, 0 when there was none. */
  readonly lastReport: number
  /** In 1/65536 s. */
  readonly delaySinceLastReport: number
}

export interface Report {
  readonly ssrc: number
  /** Only in sender reports. */
  readonly sender?: {
    readonly ntpMiddle: number
    readonly packets: number
    readonly bytes: number
  }
  readonly blocks: readonly ReportBlock[]
}

export interface RtcpContent {
  readonly reports: readonly Report[]
  readonly goodbyes: readonly number[]
}

/** Reads a compound packet; undefined when it is none (RFC 3550 A.2). */
export function readRtcp(packet: Buffer): RtcpContent | undefined {
  const reports: Report[] = []
  const goodbyes: number[] = []
  let at = 0
  while (at < packet.length) {
    if (at + 8 > packet.length || (packet[at] ?? 0) >> 6 !== 2) return undefined
    const count = (packet[at] ?? 0) & 0x1f
    const type = packet[at + 1] ?? 0
    const end = at + (packet.readUInt16BE(at + 2) + 1) * 4
    if (end > packet.length) return undefined
    if (type === senderReport || type === receiverReport) {
      const report = readReport(packet.subarray(at, end), count, type === senderReport)
      if (!report) return undefined
      reports.push(report)
    }
    if (type === goodbye && count > 0) goodbyes.push(packet.readUInt32BE(at + 4))
    if (at === 0 && (type < senderReport || type > 207)) return undefined
    at = end
  }
  return packet.length < 8 ? undefined : { reports, goodbyes }
}

function readReport(packet: Buffer, count: number, isSender: boolean): Report | undefined {
  const blocksAt = isSender ? 28 : 8
  if (packet.length < blocksAt + count * 24) return undefined
  const blocks = Array.from({ length: count }, (_, index) => readBlock(packet, blocksAt + index * 24))
  const ssrc = packet.readUInt32BE(4)
  if (!isSender) return { ssrc, blocks }
  const sender = {
    ntpMiddle: packet.readUInt32BE(10),
    packets: packet.readUInt32BE(20),
    bytes: packet.readUInt32BE(24),
  }
  return { ssrc, sender, blocks }
}

function readBlock(packet: Buffer, at: number): ReportBlock {
  return {
    ssrc: packet.readUInt32BE(at),
    fractionLost: packet[at + 4] ?? 0,
    packetsLost: packet.readIntBE(at + 5, 3),
    extendedHighest: packet.readUInt32BE(at + 8),
    jitterUnits: packet.readUInt32BE(at + 12),
    lastReport: packet.readUInt32BE(at + 16),
    delaySinceLastReport: packet.readUInt32BE(at + 20),
  }
}

export interface OutgoingReport {
  readonly ssrc: number
  readonly cname: string
  /** Wall clock, ms since the epoch. */
  readonly nowMs: number
  /** Left out while nothing was sent: then it is a receiver report. */
  readonly sender?: { readonly timestamp: number; readonly packets: number; readonly bytes: number }
  readonly block?: ReportBlock
  readonly isGoodbye?: boolean
}

/** Writes a compound packet: report, source description, BYE when it is the last. */
export function writeRtcp(report: OutgoingReport): Buffer {
  const cname = Buffer.from(report.cname, 'utf8').subarray(0, 255)
  const descriptionBytes = Math.ceil((8 + 2 + cname.length + 1) / 4) * 4
  const reportBytes = (report.sender ? 28 : 8) + (report.block ? 24 : 0)
  const packet = Buffer.alloc(reportBytes + descriptionBytes + (report.isGoodbye ? 8 : 0))
  writeHead(packet, 0, {
    type: report.sender ? senderReport : receiverReport,
    count: report.block ? 1 : 0,
    bytes: reportBytes,
  })
  packet.writeUInt32BE(report.ssrc, 4)
  if (report.sender) writeSender(packet, report.sender, report.nowMs)
  if (report.block) writeBlock(packet, report.sender ? 28 : 8, report.block)
  writeHead(packet, reportBytes, { type: sourceDescription, count: 1, bytes: descriptionBytes })
  packet.writeUInt32BE(report.ssrc, reportBytes + 4)
  packet[reportBytes + 8] = 1
  packet[reportBytes + 9] = cname.length
  cname.copy(packet, reportBytes + 10)
  if (report.isGoodbye) {
    const at = reportBytes + descriptionBytes
    writeHead(packet, at, { type: goodbye, count: 1, bytes: 8 })
    packet.writeUInt32BE(report.ssrc, at + 4)
  }
  return packet
}

function writeHead(packet: Buffer, at: number, head: { type: number; count: number; bytes: number }): void {
  packet[at] = 0x80 | head.count
  packet[at + 1] = head.type
  packet.writeUInt16BE(head.bytes / 4 - 1, at + 2)
}

function writeSender(packet: Buffer, sender: NonNullable<OutgoingReport['sender']>, nowMs: number): void {
  const seconds = nowMs / 1000 + ntpEpochOffset
  packet.writeUInt32BE(Math.floor(seconds) >>> 0, 8)
  packet.writeUInt32BE(Math.floor((seconds % 1) * 2 ** 32) >>> 0, 12)
  packet.writeUInt32BE(sender.timestamp >>> 0, 16)
  packet.writeUInt32BE(sender.packets >>> 0, 20)
  packet.writeUInt32BE(sender.bytes >>> 0, 24)
}

function writeBlock(packet: Buffer, at: number, block: ReportBlock): void {
  packet.writeUInt32BE(block.ssrc, at)
  packet[at + 4] = block.fractionLost
  packet.writeIntBE(Math.max(-0x800000, Math.min(0x7fffff, block.packetsLost)), at + 5, 3)
  packet.writeUInt32BE(block.extendedHighest, at + 8)
  packet.writeUInt32BE(block.jitterUnits, at + 12)
  packet.writeUInt32BE(block.lastReport, at + 16)
  packet.writeUInt32BE(block.delaySinceLastReport, at + 20)
}

/** The middle 32 bits of an NTP time, as report blocks echo it. */
export function ntpMiddle(nowMs: number): number {
  return Math.floor(((nowMs / 1000 + ntpEpochOffset) % 65536) * 65536) >>> 0
}

/** The round trip of a report block that answers a report of ours (RFC 3550 6.4.1). */
export function roundTripMs(block: ReportBlock, nowMs: number): number | undefined {
  if (block.lastReport === 0) return undefined
  const units = (ntpMiddle(nowMs) - block.lastReport - block.delaySinceLastReport) | 0
  // Clocks of limited precision can make it slightly negative.
  return units < -655 || units > 65536 * 30 ? undefined : Math.max(0, (units * 1000) / 65536)
}
