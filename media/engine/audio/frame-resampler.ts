import { Resampler } from './resampler.ts'

/** Changes the rate of frames of one fixed length: each one in gives one out. */
export class FrameResampler {
  readonly fromRate: number
  readonly toRate: number
  readonly #resampler: Resampler
  readonly #out: Int16Array

  constructor(fromRate: number, toRate: number, frameMs: number) {
    this.fromRate = fromRate
    this.toRate = toRate
    this.#resampler = new Resampler(fromRate, toRate)
    this.#out = new Int16Array((toRate * frameMs) / 1000)
    // What the filter wants to know of the future is paid for once, with silence.
    const frame = (fromRate * frameMs) / 1000
    const ahead = Math.max(0, this.#resampler.inputFor(this.#out.length) - frame)
    this.#resampler.push(new Int16Array(ahead), ahead)
  }

  /** @returns the frame at the other rate, used again for the next */
  convert(frame: Int16Array): Int16Array {
    this.#resampler.push(frame, frame.length)
    const count = this.#resampler.take(this.#out, 0, this.#out.length)
    this.#out.fill(0, count)
    return this.#out
  }
}
