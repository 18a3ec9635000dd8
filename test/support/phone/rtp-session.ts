import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { TypedEmitter } from '../../../core/typed-emitter.ts'
import { Ear } from './ear.ts'
import { decodePcmu } from './pcmu.ts'
import { readRtp, writeRtp, type RtpPacket } from './rtp-packet.ts'
import { Voice } from './voice.ts'

/** Where a peer wants its packets. */
export interface MediaTarget {
  readonly address: string
  readonly port: number
}

export interface RtpCounts {
  sent: number
  received: number
  /** Gaps in the peer's sequence numbers. */
  lost: number
}

export type RtpSessionEvents = {
  /** A key was pressed at the other end (RFC 4733), once per press. */
  digit: [digit: string]
}

const pcmu = 0
const telephoneEvent = 101
const keys = '0123456789*#ABCD'

/** One phone's sound over real UDP: PCMU and telephone-event, to and from one peer. */
export class RtpSession {
  readonly voice = new Voice()
  readonly ear = new Ear()
  readonly events = new TypedEmitter<RtpSessionEvents>()
  readonly counts: RtpCounts = { sent: 0, received: 0, lost: 0 }
  /** Where the newest packet came from. */
  source: MediaTarget | undefined
  readonly #socket: Socket
  /** How much sound each packet holds. */
  readonly ptimeMs: number
  readonly #samplesPerPacket: number
  readonly #ssrc = randomBytes(4).readUInt32BE()
  #sequence = randomBytes(2).readUInt16BE()
  #timestamp = randomBytes(4).readUInt32BE()
  #target: MediaTarget | undefined
  #ticker: NodeJS.Timeout | undefined
  #nextAt = 0
  #keysToPress: { key: number; packets: number }[] = []
  #lastSequence: number | undefined
  #lastKeyTimestamp: number | undefined

  private constructor(socket: Socket, ptimeMs: number) {
    this.#socket = socket
    this.ptimeMs = ptimeMs
    this.#samplesPerPacket = ptimeMs * 8
    socket.on('message', (bytes, from) => this.#receive(bytes, { address: from.address, port: from.port }))
    // A peer that has gone answers with ICMP "port unreachable": nothing to do about it.
    socket.on('error', () => undefined)
  }

  /** @param ptimeMs  how much sound a packet holds */
  static async open(address: string, ptimeMs = 20): Promise<RtpSession> {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
    socket.bind(0, address)
    await once(socket, 'listening')
    return new RtpSession(socket, ptimeMs)
  }

  get port(): number {
    return this.#socket.address().port
  }

  /** Starts sending, or goes on to another address; undefined pauses. */
  sendTo(target: MediaTarget | undefined): void {
    this.#target = target
    if (!target || this.#ticker) return
    this.#nextAt = performance.now()
    this.#ticker = setInterval(() => this.#sendDue(), this.ptimeMs / 2)
  }

  /** Presses keys one after the other, each for 100 ms with 60 ms of rest. */
  press(digits: string): void {
    for (const digit of digits) this.#keysToPress.push({ key: keys.indexOf(digit.toUpperCase()), packets: 0 })
  }

  close(): void {
    clearInterval(this.#ticker)
    this.#ticker = undefined
    this.#target = undefined
    try {
      this.#socket.close()
    } catch {
      // Already closed.
    }
  }

  #sendDue(): void {
    const now = performance.now()
    // After a pause of the machine go on from here instead of sending everything that was missed.
    if (now - this.#nextAt > 200) this.#nextAt = now
    while (this.#nextAt <= now) {
      this.#nextAt += this.ptimeMs
      this.#sendOne()
    }
  }

  #sendOne(): void {
    const target = this.#target
    this.#timestamp = (this.#timestamp + this.#samplesPerPacket) >>> 0
    if (!target) return
    const [press] = this.#keysToPress
    if (press && press.packets < 8) this.#sendKey(press)
    else {
      if (press) this.#keysToPress.shift()
      const payload = this.voice.take(this.#samplesPerPacket)
      this.#send({ payloadType: pcmu, hasMarker: this.counts.sent === 0, timestamp: this.#timestamp, payload })
    }
  }

  /** RFC 4733 2.5.1: one timestamp for the whole press, growing duration, the end three times. */
  #sendKey(press: { key: number; packets: number }): void {
    const packet = press.packets
    press.packets += 1
    const duration = Math.min(packet + 1, 5) * this.#samplesPerPacket
    const isEnd = packet >= 5
    const payload = Buffer.from([press.key, (isEnd ? 0x80 : 0) | 10, duration >> 8, duration & 0xff])
    const timestamp = this.#timestamp - packet * this.#samplesPerPacket
    this.#send({ payloadType: telephoneEvent, hasMarker: packet === 0, timestamp, payload })
  }

  #send(packet: Omit<RtpPacket, 'sequence' | 'ssrc'>): void {
    if (!this.#target) return
    this.#sequence = (this.#sequence + 1) & 0xffff
    const bytes = writeRtp({ ...packet, sequence: this.#sequence, ssrc: this.#ssrc })
    this.#socket.send(bytes, this.#target.port, this.#target.address)
    this.counts.sent += 1
  }

  #receive(bytes: Buffer, from: MediaTarget): void {
    const packet = readRtp(bytes)
    if (!packet) return
    this.source = from
    this.counts.received += 1
    const gap = this.#lastSequence === undefined ? 1 : (packet.sequence - this.#lastSequence) & 0xffff
    if (gap > 1 && gap < 0x8000) this.counts.lost += gap - 1
    this.#lastSequence = packet.sequence
    if (packet.payloadType === pcmu) this.ear.push(decodePcmu(packet.payload))
    if (packet.payloadType === telephoneEvent) this.#hearKey(packet)
  }

  #hearKey(packet: RtpPacket): void {
    const isEnd = ((packet.payload[1] ?? 0) & 0x80) !== 0
    if (!isEnd || packet.timestamp === this.#lastKeyTimestamp) return
    this.#lastKeyTimestamp = packet.timestamp
    this.events.emit('digit', keys[packet.payload[0] ?? 0] ?? '?')
  }
}
