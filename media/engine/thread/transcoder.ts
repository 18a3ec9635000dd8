import type { Codec } from '../../codec.ts'
import { Resampler } from '../audio/resampler.ts'
import { createDecoder, type VoiceDecoder } from '../audio/voice-codec.ts'
import type { HeardVoice } from './line-input.ts'

/** The longest packet (120 ms) at the highest rate. */
const longestPacketSamples = 48 * 120
/** More lost in a row is a pause. */
const mostConcealed = 5

/** Turns one peer's packets into samples at another rate as they come: no delay but that of the packets themselves. */
export class Transcoder {
  readonly #rate: number
  readonly #made: (samples: Int16Array, nowMs: number) => void
  #codec: Codec | undefined
  #decoder: VoiceDecoder | undefined
  #resampler: Resampler | undefined
  #ssrc = -1
  #sequence = 0
  readonly #decoded = new Int16Array(longestPacketSamples)
  readonly #resampled = new Int16Array(longestPacketSamples)
  #lastCount = 0

  /** @param made is given the samples; they are used again after it returns */
  constructor(rate: number, made: (samples: Int16Array, nowMs: number) => void) {
    this.#rate = rate
    this.#made = made
  }

  voice({ packet, rtp, codec, nowMs }: HeardVoice): void {
    if (codec !== this.#codec || rtp.ssrc !== this.#ssrc) this.#begin(codec, rtp.ssrc)
    else {
      const ahead = (rtp.sequence - this.#sequence) & 0xffff
      if (ahead === 0 || ahead >= 0x8000) return
      if (ahead - 1 <= mostConcealed) this.#conceal(ahead - 1, nowMs)
    }
    this.#sequence = rtp.sequence
    const decoder = this.#decoder
    if (!decoder) return
    const count = decoder.decode(packet, rtp.payloadStart, rtp.payloadEnd, this.#decoded)
    this.#emit(count, nowMs)
  }

  #begin(codec: Codec, ssrc: number): void {
    this.#codec = codec
    this.#ssrc = ssrc
    this.#decoder = createDecoder(codec)
    this.#resampler = this.#decoder.rate === this.#rate ? undefined : new Resampler(this.#decoder.rate, this.#rate)
    this.#lastCount = 0
  }

  /** Lost packets: the last one again, fainter each time. */
  #conceal(packets: number, nowMs: number): void {
    for (let i = 0; i < packets; i++) {
      for (let at = 0; at < this.#lastCount; at++) this.#decoded[at] = (this.#decoded[at] ?? 0) >> 1
      this.#emit(this.#lastCount, nowMs)
    }
  }

  #emit(count: number, nowMs: number): void {
    this.#lastCount = count
    if (!this.#resampler) return this.#made(this.#decoded.subarray(0, count), nowMs)
    this.#resampler.push(this.#decoded, count)
    const made = this.#resampler.take(this.#resampled, 0, this.#resampled.length)
    this.#made(this.#resampled.subarray(0, made), nowMs)
  }
}
