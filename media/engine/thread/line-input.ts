import { performance } from 'node:perf_hooks'
import type { Codec } from '../../codec.ts'
import { clockRateOf } from '../audio/voice-codec.ts'
import { addTo, counter, type Counters } from '../counters.ts'
import { AddressLock } from '../rtp/address-lock.ts'
import { Reception } from '../rtp/reception.ts'
import { RtpReader } from '../rtp/rtp-packet.ts'
import { type KeyPress, KeyReceiver } from '../rtp/telephone-event.ts'
import type { StreamPlan } from '../sdp/stream-plan.ts'

/** One voice packet that has been found good. The objects are used again for the next packet. */
export interface HeardVoice {
  readonly packet: Buffer
  readonly rtp: RtpReader
  readonly codec: Codec
  readonly nowMs: number
}

export interface InputListener {
  /** @param isRestart the peer's stream starts anew: another source, other numbers */
  voice(heard: HeardVoice, isRestart: boolean): void
  /** A packet of a key event, to be passed on. */
  keyPacket(packet: Buffer, rtp: RtpReader, nowMs: number): void
  key(press: KeyPress): void
}

type Meaning = Codec | 'event' | 'noise' | undefined

/** Takes what comes on a line's RTP socket: validates it, keeps strangers out, counts it and tells what it is. */
export class LineInput {
  readonly lock = new AddressLock()
  readonly reception = new Reception()
  readonly #counters: Counters
  readonly #listener: InputListener
  readonly #signallingAddress: string | undefined
  readonly #rtp = new RtpReader()
  readonly #keys = new KeyReceiver()
  #meanings: Meaning[] = []
  #eventClockRate = 8000
  #isReceiving = false
  #lastPacketMs = 0
  #heard: { packet: Buffer; rtp: RtpReader; codec: Codec; nowMs: number } | undefined

  constructor(counters: Counters, listener: InputListener, signallingAddress: string | undefined) {
    this.#counters = counters
    this.#listener = listener
    this.#signallingAddress = signallingAddress
  }

  configure(plan: StreamPlan): void {
    const meanings: Meaning[] = new Array<Meaning>(128).fill(undefined)
    if (plan.comfortNoise !== undefined) meanings[plan.comfortNoise] = 'noise'
    for (const { codec, payload } of plan.receive) meanings[payload] = codec
    if (plan.events) meanings[plan.events.receive] = 'event'
    this.#meanings = meanings
    this.#eventClockRate = plan.events?.clockRate ?? 8000
    this.#isReceiving = plan.direction === 'sendrecv' || plan.direction === 'recvonly'
    this.#lastPacketMs = performance.now()
    this.reception.clockRate = clockRateOf(plan.send.codec)
    const { address, port } = plan.remote
    if (address === '0.0.0.0' || address === '::') return
    this.lock.expect({
      address,
      port,
      ...(this.#signallingAddress === undefined ? {} : { signallingAddress: this.#signallingAddress }),
    })
  }

  /** How long no packet has come though the peer should send; 0 when it need not. */
  quietMs(nowMs: number): number {
    return this.#isReceiving ? nowMs - this.#lastPacketMs : 0
  }

  get isReceiving(): boolean {
    return this.#isReceiving
  }

  rtpPacket(packet: Buffer, address: string, port: number): void {
    const rtp = this.#rtp
    const counters = this.#counters
    const meaning = rtp.read(packet) ? this.#meanings[rtp.payloadType] : undefined
    if (meaning === undefined) return addTo(counters, counter.packetsMalformed, 1)
    const nowMs = performance.now()
    if (!this.lock.admits(address, port, nowMs)) return addTo(counters, counter.packetsFromStrangers, 1)
    addTo(counters, counter.packetsReceived, 1)
    addTo(counters, counter.bytesReceived, rtp.payloadEnd - rtp.payloadStart)
    this.#lastPacketMs = nowMs
    // Events share the voice's numbers but repeat a timestamp: they say nothing about jitter.
    const arrival = this.reception.count(rtp.ssrc, rtp.sequence, meaning === 'event' ? undefined : rtp.timestamp, nowMs)
    if (arrival === 'dropped' || !this.#isReceiving) return
    if (meaning === 'event') this.#keyPacket(packet, nowMs, arrival === 'late')
    else if (meaning !== 'noise' && rtp.payloadEnd > rtp.payloadStart) {
      this.#listener.voice(this.#heardVoice(packet, meaning, nowMs), arrival === 'restarted')
    }
  }

  /** To be called now and then: tells of a key whose end was lost. */
  watch(nowMs: number): void {
    const press = this.#keys.overdue(nowMs, this.#eventClockRate)
    if (press) this.#listener.key(press)
  }

  get isKeyPressed(): boolean {
    return this.#keys.isPressed
  }

  #keyPacket(packet: Buffer, nowMs: number, isLate: boolean): void {
    const { payloadStart, payloadEnd, timestamp } = this.#rtp
    const press = this.#keys.receive(packet, payloadStart, payloadEnd, {
      timestamp,
      clockRate: this.#eventClockRate,
      nowMs,
      isLate,
    })
    this.#listener.keyPacket(packet, this.#rtp, nowMs)
    if (press) this.#listener.key(press)
  }

  #heardVoice(packet: Buffer, codec: Codec, nowMs: number): HeardVoice {
    this.#heard ??= { packet, rtp: this.#rtp, codec, nowMs }
    this.#heard.packet = packet
    this.#heard.codec = codec
    this.#heard.nowMs = nowMs
    return this.#heard
  }
}
