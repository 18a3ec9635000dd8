import { amplitudeAt } from './goertzel.ts'

const rate = 8000
/** About -35 dBm0. */
const faintest = 400
const purity = 0.7

/** Recognises one frequency that sounds alone for a while; told once for each time it sounds. 8 kHz. */
export class SteadyTone {
  readonly #hertz: number
  readonly #minMs: number
  #heardMs = 0

  constructor(hertz: number, minMs: number) {
    this.#hertz = hertz
    this.#minMs = minMs
  }

  /** @param samples at least 20 ms of them @returns true in the moment of recognition */
  feed(samples: Int16Array): boolean {
    const lengthMs = (samples.length * 1000) / rate
    const before = this.#heardMs
    this.#heardMs = this.#isIn(samples) ? before + lengthMs : 0
    return before < this.#minMs && this.#heardMs >= this.#minMs
  }

  #isIn(samples: Int16Array): boolean {
    const amplitude = amplitudeAt(samples, this.#hertz, rate)
    if (amplitude < faintest) return false
    let power = 0
    for (const sample of samples) power += sample * sample
    return (amplitude ** 2 / 2) * samples.length >= power * purity
  }
}
