import { JitterBuffer } from '../audio/jitter-buffer.ts'
import { Resampler } from '../audio/resampler.ts'
import type { HeardVoice } from './line-input.ts'
import type { Line, VoiceTap } from './line.ts'
import type { OutputTap } from './line-output.ts'

/** A stream of ticks of sound, one at a time. */
export interface FrameSource {
  readonly channels: 1 | 2
  /** Fills one tick, left and right in turn when there are two channels; false when it is silence. */
  take(into: Int16Array): boolean
}

/** What comes in packets, evened out. */
export class HeardFrames implements VoiceTap, FrameSource {
  readonly channels = 1
  readonly #buffer: JitterBuffer

  constructor(rate: number) {
    this.#buffer = new JitterBuffer(rate)
  }

  voice({ packet, rtp, codec, nowMs }: HeardVoice): void {
    const { payloadStart: from, payloadEnd: to, sequence, timestamp } = rtp
    this.#buffer.put({ packet, from, to, sequence, timestamp, codec }, nowMs)
  }

  take(into: Int16Array): boolean {
    return this.#buffer.take(into)
  }
}

/** More than that waiting is left behind, so that what is played does not run late against what is said. */
const longestQueueMs = 100

/** What a line's peer hears: relayed packets evened out, played and mixed sound as it was made. */
class SpokenFrames implements OutputTap {
  readonly #rate: number
  #relayed: HeardFrames
  readonly #queue: Int16Array
  #queued = 0
  #resampler: { readonly fromRate: number; readonly resampler: Resampler } | undefined
  readonly #frame: Int16Array

  constructor(rate: number) {
    this.#rate = rate
    this.#relayed = new HeardFrames(rate)
    this.#queue = new Int16Array((rate * longestQueueMs) / 1000)
    this.#frame = new Int16Array(rate / 10)
  }

  relayed(heard: HeardVoice, isNewSource: boolean): void {
    if (isNewSource) this.#relayed = new HeardFrames(this.#rate)
    this.#relayed.voice(heard)
  }

  made(samples: Int16Array, rate: number): void {
    if (rate === this.#rate) return this.#enqueue(samples, samples.length)
    if (this.#resampler?.fromRate !== rate) {
      this.#resampler = { fromRate: rate, resampler: new Resampler(rate, this.#rate) }
    }
    this.#resampler.resampler.push(samples, samples.length)
    this.#enqueue(this.#frame, this.#resampler.resampler.take(this.#frame, 0, this.#frame.length))
  }

  take(into: Int16Array): boolean {
    const isHeard = this.#relayed.take(into)
    const count = Math.min(into.length, this.#queued)
    for (let i = 0; i < count; i++) into[i] = Math.max(-32768, Math.min(32767, (into[i] ?? 0) + (this.#queue[i] ?? 0)))
    this.#queue.copyWithin(0, count, this.#queued)
    this.#queued -= count
    return isHeard || count > 0
  }

  #enqueue(samples: Int16Array, count: number): void {
    if (this.#queued + count > this.#queue.length) this.#queued = 0
    this.#queue.set(samples.subarray(0, count), this.#queued)
    this.#queued += count
  }
}

/** Both sides of a line's conversation: its peer left, what the peer hears right. */
export class SessionFrames implements FrameSource {
  readonly channels = 2
  readonly #said: HeardFrames
  readonly #heard: SpokenFrames
  #side = new Int16Array(0)

  constructor(rate: number) {
    this.#said = new HeardFrames(rate)
    this.#heard = new SpokenFrames(rate)
  }

  listenTo(line: Line): () => void {
    const untapInput = line.tap(this.#said)
    const untapOutput = line.output.tap(this.#heard)
    return () => {
      untapInput()
      untapOutput()
    }
  }

  take(into: Int16Array): boolean {
    if (this.#side.length !== into.length / 2) this.#side = new Int16Array(into.length / 2)
    const isSaid = this.#said.take(this.#side)
    for (const [i, sample] of this.#side.entries()) into[i * 2] = sample
    const isHeard = this.#heard.take(this.#side)
    for (const [i, sample] of this.#side.entries()) into[i * 2 + 1] = sample
    return isSaid || isHeard
  }
}
