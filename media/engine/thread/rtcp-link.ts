import { randomInt } from 'node:crypto'
import { addTo, counter, type Counters } from '../counters.ts'
import type { Reception } from '../rtp/reception.ts'
import { readRtcp, type ReportBlock, roundTripMs, writeRtcp } from '../rtp/rtcp.ts'
import type { RtpSender } from './rtp-sender.ts'

/** RFC 3550 6.2: five seconds, half to one and a half of it by chance. */
const intervalMs = 5000

function nextIntervalMs(): number {
  return intervalMs * (0.5 + randomInt(0, 1000) / 1000)
}

/** The reports of one line, both ways (RFC 3550 6). */
export class RtcpLink {
  readonly #counters: Counters
  readonly #sender: RtpSender
  readonly #reception: Reception
  readonly #cname: string
  #dueMs = 0
  #packetsAtLastReport = 0
  #lastReport = { ntpMiddle: 0, atMs: 0 }

  constructor(parts: {
    readonly counters: Counters
    readonly sender: RtpSender
    readonly reception: Reception
    readonly cname: string
  }) {
    this.#counters = parts.counters
    this.#sender = parts.sender
    this.#reception = parts.reception
    this.#cname = parts.cname
  }

  /** The report to send now, when one is due. @param nowMs monotonic */
  dueReport(nowMs: number): Buffer | undefined {
    if (this.#dueMs === 0) this.#dueMs = nowMs + nextIntervalMs() / 2
    if (nowMs < this.#dueMs) return undefined
    this.#dueMs = nowMs + nextIntervalMs()
    return this.#write(nowMs, false)
  }

  goodbye(nowMs: number): Buffer | undefined {
    return this.#sender.packets > 0 ? this.#write(nowMs, true) : undefined
  }

  receive(packet: Buffer, nowMs: number): void {
    const content = readRtcp(packet)
    if (!content) return addTo(this.#counters, counter.packetsMalformed, 1)
    for (const report of content.reports) {
      if (report.sender) this.#lastReport = { ntpMiddle: report.sender.ntpMiddle, atMs: nowMs }
      for (const block of report.blocks) if (block.ssrc === this.#sender.ssrc) this.#readBlock(block)
    }
  }

  #readBlock(block: ReportBlock): void {
    this.#counters[counter.packetsLostByPeer] = Math.max(0, block.packetsLost)
    const tripMs = roundTripMs(block, Date.now())
    if (tripMs !== undefined) this.#counters[counter.roundTripMs] = tripMs
  }

  #write(nowMs: number, isGoodbye: boolean): Buffer {
    const { ssrc, packets, bytes, timestamp, lastMs, clockRate } = this.#sender
    const isSender = packets > this.#packetsAtLastReport
    this.#packetsAtLastReport = packets
    // The timestamp of this very moment, not of the last packet (RFC 3550 6.4.1).
    const timestampNow = (timestamp + Math.round(((nowMs - lastMs) * clockRate) / 1000)) >>> 0
    const block = this.#block(nowMs)
    return writeRtcp({
      ssrc,
      cname: this.#cname,
      nowMs: Date.now(),
      isGoodbye,
      ...(isSender ? { sender: { timestamp: timestampNow, packets, bytes } } : {}),
      ...(block ? { block } : {}),
    })
  }

  #block(nowMs: number): ReportBlock | undefined {
    const reception = this.#reception
    if (!reception.hasStarted) return undefined
    const { ntpMiddle: lastReport, atMs } = this.#lastReport
    return {
      ssrc: reception.ssrc,
      fractionLost: reception.takeFractionLost(),
      packetsLost: reception.lost,
      extendedHighest: reception.extendedHighest,
      jitterUnits: reception.jitterUnits,
      lastReport,
      delaySinceLastReport: lastReport === 0 ? 0 : Math.round(((nowMs - atMs) * 65536) / 1000) >>> 0,
    }
  }
}
