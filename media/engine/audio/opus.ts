import { Decoder, Encoder } from '@evan/opus'
import type { VoiceDecoder, VoiceEncoder } from './voice-codec.ts'

/** Wide band speech at 16 kHz: what telephones and browsers agree is good, at a third of the work of the full band. */
const rate = 16000
const bitrate = 32_000
/** Of 10: speech gains nothing that one can hear from more, and each step costs. */
const complexity = 5
/** The loss that the redundancy in each packet is made for (RFC 7587 6.1 useinbandfec). */
const expectedLossPercent = 5

export class OpusEncoder implements VoiceEncoder {
  readonly rate = rate
  readonly #encoder = new Encoder({ channels: 1, sample_rate: rate, application: 'voip' })

  constructor() {
    this.#encoder.bitrate = bitrate
    this.#encoder.complexity = complexity
    this.#encoder.inband_fec = true
    this.#encoder.packet_loss = expectedLossPercent
  }

  encode(samples: Int16Array, count: number, packet: Buffer, at: number): number {
    const bytes = this.#encoder.encode(samples.subarray(0, count))
    packet.set(bytes, at)
    return bytes.length
  }
}

export class OpusDecoder implements VoiceDecoder {
  readonly rate = rate
  readonly #decoder = new Decoder({ channels: 1, sample_rate: rate })

  decode(packet: Buffer, from: number, to: number, into: Int16Array): number {
    try {
      const pcm = this.#decoder.decode(packet.subarray(from, to))
      const samples = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength)
      const count = Math.min(samples.length >> 1, into.length)
      for (let i = 0; i < count; i++) into[i] = samples.readInt16LE(i * 2)
      return count
    } catch {
      // A packet that is no Opus is as good as a lost one.
      return 0
    }
  }
}
