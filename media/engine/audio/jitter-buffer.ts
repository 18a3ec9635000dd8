import type { Codec } from '../../codec.ts'
import { Resampler } from './resampler.ts'
import { clockRateOf, createDecoder, type VoiceDecoder } from './voice-codec.ts'

interface Slot {
  sequence: number
  codec: Codec
  bytes: Buffer
  length: number
  isFilled: boolean
}

export interface ArrivedVoice {
  readonly packet: Buffer
  readonly from: number
  readonly to: number
  readonly sequence: number
  readonly timestamp: number
  readonly codec: Codec
}

const slotCount = 64
const shortestDelayMs = 30
const longestDelayMs = 240
/** More than the target for that long is taken out again: clock drift, a burst that is over. */
const patienceMs = 600
const slackMs = 30
/** How long a gap is filled with what was heard last before it becomes silence. */
const concealMs = 60
/** The longest packet (RFC 3551) at the highest rate. */
const longestPacketSamples = 48 * 120

/**
 * Makes an even stream of samples of packets that come late, twice, out of order or not at all. The delay follows the jitter seen;
 * gaps are concealed, silence of the sender is silence.
 */
export class JitterBuffer {
  readonly #rate: number
  readonly #slots: Slot[] = Array.from({ length: slotCount }, () => ({
    sequence: -1,
    codec: 'PCMU',
    bytes: Buffer.alloc(0),
    length: 0,
    isFilled: false,
  }))
  #isPlaying = false
  #next = -1
  #highest = 0
  #filled = 0
  #packetSamples: number
  readonly #pcm: Int16Array
  #pcmStart = 0
  #pcmEnd = 0
  #concealedMs = 0
  #surplusMs = 0
  #leastTransit = Infinity
  #lateness = 0
  #codec: Codec | undefined
  #decoder: VoiceDecoder | undefined
  #resampler: Resampler | undefined
  readonly #decoded = new Int16Array(longestPacketSamples)
  readonly #last: Int16Array

  /** @param rate of the samples taken out */
  constructor(rate: number) {
    this.#rate = rate
    this.#packetSamples = rate / 50
    this.#pcm = new Int16Array(longestPacketSamples * 3)
    this.#last = new Int16Array(rate / 50)
  }

  /** What the jitter seen asks for. */
  get targetDelayMs(): number {
    return Math.max(shortestDelayMs, Math.min(longestDelayMs, this.#lateness + 15))
  }

  put(voice: ArrivedVoice, nowMs: number): void {
    this.#observe(voice, nowMs)
    if (this.#next < 0) this.#startAt(voice.sequence)
    const ahead = (voice.sequence - this.#next) & 0xffff
    const behind = 0x10000 - ahead
    if (behind < slotCount) {
      // Before its turn came nothing was lost yet: the stream may as well start with it.
      if (this.#isPlaying || behind >= slotCount / 2) return
      this.#next = voice.sequence
    } else if (ahead >= slotCount) this.#startAt(voice.sequence)
    this.#fill(voice)
  }

  /** The next samples; false when there is nothing to hear in them. */
  take(into: Int16Array): boolean {
    if (!this.#isPlaying && !this.#mayStart()) {
      into.fill(0)
      return false
    }
    this.#isPlaying = true
    this.#dropSurplus(into.length)
    while (this.#pcmEnd - this.#pcmStart < into.length) if (!this.#advance(into.length)) break
    return this.#deliver(into)
  }

  #observe(voice: ArrivedVoice, nowMs: number): void {
    const transit = nowMs - (voice.timestamp * 1000) / clockRateOf(voice.codec)
    // A new timestamp base, and slow drift of the sender's clock, must not look like lateness.
    const isNewBase = Math.abs(transit - this.#leastTransit) > 1000
    this.#leastTransit = isNewBase ? transit : Math.min(transit, this.#leastTransit + 0.02)
    const lateness = transit - this.#leastTransit
    this.#lateness = lateness > this.#lateness ? lateness : this.#lateness + (lateness - this.#lateness) / 256
  }

  #startAt(sequence: number): void {
    for (const slot of this.#slots) slot.isFilled = false
    this.#filled = 0
    this.#next = sequence
    this.#highest = sequence
    this.#isPlaying = false
    this.#surplusMs = 0
  }

  #fill({ packet, from, to, sequence, codec }: ArrivedVoice): void {
    const slot = this.#slots[sequence % slotCount] as Slot
    if (slot.isFilled) return
    const length = to - from
    if (slot.bytes.length < length) slot.bytes = Buffer.alloc(Math.max(length, 160))
    packet.copy(slot.bytes, 0, from, to)
    slot.length = length
    slot.sequence = sequence
    slot.codec = codec
    slot.isFilled = true
    this.#filled++
    if (((sequence - this.#highest) & 0xffff) < 0x8000) this.#highest = sequence
  }

  #bufferedMs(): number {
    return ((this.#filled * this.#packetSamples + this.#pcmEnd - this.#pcmStart) * 1000) / this.#rate
  }

  #mayStart(): boolean {
    if (this.#filled === 0 || this.#bufferedMs() < this.targetDelayMs) return false
    this.#skipToFilled()
    return true
  }

  /** What is missing before the next packet that is here will not be waited for. */
  #skipToFilled(): void {
    for (let i = 0; i < slotCount && !this.#slots[this.#next % slotCount]?.isFilled; i++) {
      this.#next = (this.#next + 1) & 0xffff
    }
  }

  /** Decodes the next packet or fills its gap; false when there is nothing more to do it with. */
  #advance(wanted: number): boolean {
    const slot = this.#slots[this.#next % slotCount] as Slot
    if (slot.isFilled) {
      this.#decode(slot)
      slot.isFilled = false
      this.#filled--
      this.#next = (this.#next + 1) & 0xffff
      this.#concealedMs = 0
      return true
    }
    if (this.#filled > 0) {
      // A later one is here: this one is lost.
      if (this.#concealedMs >= concealMs) this.#skipToFilled()
      else {
        this.#conceal(this.#packetSamples)
        this.#next = (this.#next + 1) & 0xffff
      }
      return true
    }
    if (this.#concealedMs >= concealMs) {
      this.#isPlaying = false
      return false
    }
    this.#conceal(wanted - (this.#pcmEnd - this.#pcmStart))
    return true
  }

  #decode(slot: Slot): void {
    if (slot.codec !== this.#codec || !this.#decoder) {
      this.#codec = slot.codec
      this.#decoder = createDecoder(slot.codec)
      const { rate } = this.#decoder
      this.#resampler = rate === this.#rate ? undefined : new Resampler(rate, this.#rate)
    }
    const count = this.#decoder.decode(slot.bytes, 0, slot.length, this.#decoded)
    this.#makeRoom(Math.ceil((count * this.#rate) / this.#decoder.rate) + 8)
    const before = this.#pcmEnd
    if (this.#resampler) {
      this.#resampler.push(this.#decoded, count)
      this.#pcmEnd += this.#resampler.take(this.#pcm, this.#pcmEnd, this.#pcm.length - this.#pcmEnd)
    } else {
      this.#pcm.set(this.#decoded.subarray(0, count), this.#pcmEnd)
      this.#pcmEnd += count
    }
    if (this.#pcmEnd > before) this.#packetSamples = this.#pcmEnd - before
  }

  /** What was heard last again, fainter each time. */
  #conceal(samples: number): void {
    this.#makeRoom(samples)
    const span = this.#last.length
    const concealSamples = (concealMs * this.#rate) / 1000
    const already = (this.#concealedMs * this.#rate) / 1000
    for (let i = 0; i < samples; i++) {
      const gain = Math.max(0, 1 - (already + i) / concealSamples)
      this.#pcm[this.#pcmEnd + i] = Math.round((this.#last[(already + i) % span] ?? 0) * gain)
    }
    this.#pcmEnd += samples
    this.#concealedMs += (samples * 1000) / this.#rate
  }

  #makeRoom(samples: number): void {
    if (this.#pcmEnd + samples <= this.#pcm.length) return
    this.#pcm.copyWithin(0, this.#pcmStart, this.#pcmEnd)
    this.#pcmEnd -= this.#pcmStart
    this.#pcmStart = 0
  }

  /** Takes a packet out when more than needed has been waiting for a while. */
  #dropSurplus(samples: number): void {
    const surplusMs = this.#bufferedMs() - this.targetDelayMs - slackMs
    this.#surplusMs = surplusMs > 0 ? this.#surplusMs + (samples * 1000) / this.#rate : 0
    const slot = this.#slots[this.#next % slotCount]
    if (this.#surplusMs < patienceMs || !slot?.isFilled) return
    slot.isFilled = false
    this.#filled--
    this.#next = (this.#next + 1) & 0xffff
    this.#surplusMs = patienceMs / 2
  }

  #deliver(into: Int16Array): boolean {
    const count = Math.min(into.length, this.#pcmEnd - this.#pcmStart)
    into.set(this.#pcm.subarray(this.#pcmStart, this.#pcmStart + count))
    into.fill(0, count)
    this.#pcmStart += count
    if (this.#concealedMs === 0) this.#last.set(into.subarray(0, this.#last.length))
    return count > 0
  }
}
