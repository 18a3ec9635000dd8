import { randomInt } from 'node:crypto'
import { type RtpReader, rtpHeaderBytes, writeRtpHeader } from '../rtp/rtp-packet.ts'

/**
 * The stream we send: one SSRC, sequence numbers without holes of our making and timestamps that follow the time, whatever the
 * sound comes from (relayed packets of several peers, played files, key events).
 */
export class RtpSender {
  readonly ssrc = randomInt(1, 2 ** 32 - 1)
  packets = 0
  bytes = 0
  clockRate = 8000
  readonly #send: (packet: Buffer, from: number, to: number) => void
  #sequence = randomInt(0, 0x10000)
  #timestamp = randomInt(0, 2 ** 32 - 1)
  /** When the last packet of a new timestamp went, and how much time it stood for. */
  #lastMs = 0
  #lastUnits = 160
  /** The stream that is being relayed, as its SSRC; -1 while what we send is our own. */
  #relayed = -1
  #sequenceOffset = 0
  #timestampOffset = 0

  constructor(send: (packet: Buffer, from: number, to: number) => void) {
    this.#send = send
  }

  get timestamp(): number {
    return this.#timestamp
  }

  /** When something was sent last, by the monotonic clock; 0 before. */
  get lastMs(): number {
    return this.#lastMs
  }

  /** Whether the stream of that source is the one being relayed. */
  isRelaying(ssrc: number): boolean {
    return this.#relayed === ssrc
  }

  /** The next packet of whatever is relayed is tied on anew: another source, a pause that should not show. */
  breakRelay(): void {
    this.#relayed = -1
  }

  /** Sends `payloadBytes` that stand in `packet` after room for the header, as the next `units` of time. */
  sendFrame(packet: Buffer, frame: { payloadBytes: number; payloadType: number; units: number; nowMs: number }): void {
    const marker = this.#isAfterPause(frame.nowMs, frame.units)
    this.#moveOn(frame.nowMs, frame.units)
    this.#relayed = -1
    this.#write(packet, 0, frame.payloadType, marker)
    this.#count(packet, 0, rtpHeaderBytes + frame.payloadBytes)
  }

  /** The timestamp that a key event keeps through all its packets (RFC 4733 2.2.1). */
  startEvent(nowMs: number, units: number): void {
    this.#moveOn(nowMs, units)
    this.#relayed = -1
  }

  /** Sends one packet of an event started before. @param units how long the event has lasted, so that what follows comes after it */
  sendEvent(
    packet: Buffer,
    event: { payloadBytes: number; payloadType: number; isFirst: boolean; units: number },
  ): void {
    this.#lastUnits = event.units
    this.#write(packet, 0, event.payloadType, event.isFirst)
    this.#count(packet, 0, rtpHeaderBytes + event.payloadBytes)
  }

  /**
   * Sends a received packet on, under our own SSRC, numbers and the payload type of this side. It is changed in place.
   * @param units how much time it stands for
   */
  relay(packet: Buffer, rtp: RtpReader, out: { payloadType: number; units: number; nowMs: number }): void {
    const isNew = this.#relayed !== rtp.ssrc
    if (isNew) this.#tieOn(rtp, out)
    const at = rtp.payloadStart - rtpHeaderBytes
    const sequence = (rtp.sequence + this.#sequenceOffset) & 0xffff
    const timestamp = (rtp.timestamp + this.#timestampOffset) >>> 0
    const { marker, payloadEnd } = rtp
    packet[at] = 0x80
    packet[at + 1] = out.payloadType | (marker || isNew ? 0x80 : 0)
    packet[at + 2] = sequence >> 8
    packet[at + 3] = sequence & 0xff
    packet.writeUInt32BE(timestamp, at + 4)
    packet.writeUInt32BE(this.ssrc, at + 8)
    // Late packets must not turn back what follows.
    if (((sequence - this.#sequence) & 0xffff) < 0x8000) {
      this.#sequence = sequence
      this.#timestamp = timestamp
      this.#lastUnits = out.units
      this.#lastMs = out.nowMs
    }
    this.#count(packet, at, payloadEnd)
  }

  #tieOn(rtp: RtpReader, out: { units: number; nowMs: number }): void {
    this.#moveOn(out.nowMs, out.units)
    this.#relayed = rtp.ssrc
    this.#sequenceOffset = (this.#sequence + 1 - rtp.sequence) & 0xffff
    this.#timestampOffset = (this.#timestamp - rtp.timestamp) >>> 0
  }

  #isAfterPause(nowMs: number, units: number): boolean {
    return this.#lastMs === 0 || nowMs - this.#lastMs > ((this.#lastUnits + units * 2) * 1000) / this.clockRate
  }

  /** Moves the timestamp to now: by the last packet's length when the stream goes on, by the time gone after a pause. */
  #moveOn(nowMs: number, units: number): void {
    const gone = Math.round(((nowMs - this.#lastMs) * this.clockRate) / 1000)
    const isPause = this.#isAfterPause(nowMs, units)
    const step = this.#lastMs === 0 ? 0 : isPause ? gone : this.#lastUnits
    this.#timestamp = (this.#timestamp + step) >>> 0
    this.#lastUnits = units
    this.#lastMs = nowMs
  }

  #write(packet: Buffer, at: number, payloadType: number, marker: boolean): void {
    this.#sequence = (this.#sequence + 1) & 0xffff
    writeRtpHeader(packet, at, {
      payloadType,
      marker,
      sequence: this.#sequence,
      timestamp: this.#timestamp,
      ssrc: this.ssrc,
    })
  }

  #count(packet: Buffer, from: number, to: number): void {
    this.packets++
    this.bytes += to - from - rtpHeaderBytes
    this.#send(packet, from, to)
  }
}
