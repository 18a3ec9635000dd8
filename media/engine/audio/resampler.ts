import type { SampleSource } from './sample-source.ts'

interface Phases {
  /** Samples made for every `down` taken. */
  readonly up: number
  readonly down: number
  readonly taps: number
  /** `up` rows of `taps` weights. */
  readonly weights: Float32Array
}

/** Zero crossings on each side of the kernel: enough for telephone band quality. */
const lobes = 8
const known = new Map<string, Phases>()

function phasesFor(fromRate: number, toRate: number): Phases {
  const key = `${fromRate}>${toRate}`
  const found = known.get(key) ?? makePhases(fromRate, toRate)
  known.set(key, found)
  return found
}

/** A windowed sinc, cut into one row for each place an output sample can have between two input samples. */
function makePhases(fromRate: number, toRate: number): Phases {
  const divisor = greatestCommonDivisor(fromRate, toRate)
  const up = toRate / divisor
  const down = fromRate / divisor
  const cutoff = Math.min(1, toRate / fromRate) * 0.92
  const half = Math.ceil(lobes / cutoff)
  const taps = half * 2
  const weights = new Float32Array(up * taps)
  for (let phase = 0; phase < up; phase++) {
    let sum = 0
    for (let tap = 0; tap < taps; tap++) {
      const distance = tap - half + 1 - phase / up
      const weight = sinc(distance * cutoff) * blackman(distance / half)
      weights[phase * taps + tap] = weight
      sum += weight
    }
    for (let tap = 0; tap < taps; tap++) {
      weights[phase * taps + tap] = (weights[phase * taps + tap] ?? 0) / sum
    }
  }
  return { up, down, taps, weights }
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)
}

function blackman(x: number): number {
  return Math.abs(x) >= 1 ? 0 : 0.42 + 0.5 * Math.cos(Math.PI * x) + 0.08 * Math.cos(2 * Math.PI * x)
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

/** Changes the sample rate of a stream, keeping what it needs of the past between calls. */
export class Resampler {
  readonly #phases: Phases
  /** The last `taps` input samples and what has not been used yet. */
  #history: Float32Array
  #filled: number
  #phase = 0

  constructor(fromRate: number, toRate: number) {
    this.#phases = phasesFor(fromRate, toRate)
    this.#history = new Float32Array(this.#phases.taps + 4096)
    // Half a kernel of silence before the first sample, so that the output starts with it.
    this.#filled = this.#phases.taps / 2 - 1
  }

  /** How many input samples must be pushed before `count` output samples can be taken. */
  inputFor(count: number): number {
    const { up, down, taps } = this.#phases
    const last = Math.floor((this.#phase + Math.max(0, count - 1) * down) / up)
    return Math.max(0, last + taps - this.#filled)
  }

  push(samples: Int16Array, count: number): void {
    if (this.#filled + count > this.#history.length) this.#grow(this.#filled + count)
    for (let i = 0; i < count; i++) this.#history[this.#filled + i] = samples[i] ?? 0
    this.#filled += count
  }

  /** Writes up to `count` samples at `at`; returns how many there were. */
  take(into: Int16Array, at: number, count: number): number {
    const { up, down, taps, weights } = this.#phases
    const history = this.#history
    let start = 0
    let made = 0
    for (; made < count && start + taps <= this.#filled; made++) {
      const row = this.#phase * taps
      let sum = 0
      for (let tap = 0; tap < taps; tap++) sum += (history[start + tap] as number) * (weights[row + tap] as number)
      into[at + made] = Math.max(-32768, Math.min(32767, Math.round(sum)))
      this.#phase += down
      start += Math.floor(this.#phase / up)
      this.#phase %= up
    }
    const used = Math.min(start, this.#filled)
    history.copyWithin(0, used, this.#filled)
    this.#filled -= used
    // When more is skipped than there is, the rest is skipped by the next push.
    this.#phase += (start - used) * up
    return made
  }

  #grow(length: number): void {
    const larger = new Float32Array(length * 2)
    larger.set(this.#history.subarray(0, this.#filled))
    this.#history = larger
  }
}

/** A source at another rate than the one it was made for. */
export class ResampledSource implements SampleSource {
  readonly #source: SampleSource
  readonly #resampler: Resampler
  #input = new Int16Array(0)
  #isDrained = false

  constructor(source: SampleSource, fromRate: number, toRate: number) {
    this.#source = source
    this.#resampler = new Resampler(fromRate, toRate)
  }

  read(into: Int16Array): number {
    const wanted = this.#resampler.inputFor(into.length)
    if (wanted > 0 && !this.#isDrained) {
      if (this.#input.length < wanted) this.#input = new Int16Array(wanted)
      const count = this.#source.read(this.#input.subarray(0, wanted))
      this.#isDrained = count < wanted
      this.#resampler.push(this.#input, count)
    }
    return this.#resampler.take(into, 0, into.length)
  }
}
