import type { SampleSource } from './sample-source.ts'
import type { ToneScript, ToneStep } from './tone-script.ts'

/** A full-scale sine is 3.14 dBm0 (ITU-T G.711). */
const fullScaleDbm0 = 3.14

/** Long enough to take the click out of a tone's edges, short enough for any detector. */
const rampMs = 2

/** Sounds a tone script. */
export class ToneSource implements SampleSource {
  readonly #script: ToneScript
  readonly #rate: number
  #round = 0
  #index = 0
  #repeat = 0
  /** Samples into the step. */
  #at = 0

  constructor(script: ToneScript, rate: number) {
    this.#script = script
    this.#rate = rate
  }

  read(into: Int16Array): number {
    let count = 0
    // A script of empty steps must not turn for ever: each turn over it is counted.
    for (let idle = 0; count < into.length && idle < 2000; idle++) {
      const step = this.#script.steps[this.#index]
      if (!step || this.#round >= this.#script.repeats) break
      const made = this.#sound(step, into, count)
      count += made
      if (made > 0) idle = 0
    }
    return count
  }

  #sound(step: ToneStep, into: Int16Array, from: number): number {
    const onSamples = Math.round((step.onMs * this.#rate) / 1000)
    const total = onSamples + Math.round((step.offMs * this.#rate) / 1000)
    const count = Math.min(into.length - from, total - this.#at)
    const sounding = Math.max(0, Math.min(count, onSamples - this.#at))
    into.fill(0, from, from + count)
    for (const hertz of step.frequencies) this.#addSine(into, { from, count: sounding, hertz, levelDb: step.levelDb })
    this.#shapeEdges(into, { from, count: sounding, onSamples })
    this.#at += count
    if (this.#at >= total) this.#nextStep(step)
    return count
  }

  #addSine(
    into: Int16Array,
    tone: { readonly from: number; readonly count: number; readonly hertz: number; readonly levelDb: number },
  ): void {
    const amplitude = 32767 * 10 ** ((tone.levelDb - fullScaleDbm0) / 20)
    const radians = (2 * Math.PI * tone.hertz) / this.#rate
    for (let i = 0; i < tone.count; i++) {
      const sample = (into[tone.from + i] ?? 0) + amplitude * Math.sin(radians * (this.#at + i))
      into[tone.from + i] = Math.max(-32768, Math.min(32767, Math.round(sample)))
    }
  }

  #shapeEdges(
    into: Int16Array,
    part: { readonly from: number; readonly count: number; readonly onSamples: number },
  ): void {
    const ramp = Math.min((rampMs * this.#rate) / 1000, part.onSamples / 2)
    for (let i = 0; i < part.count; i++) {
      const fromEdge = Math.min(this.#at + i, part.onSamples - 1 - this.#at - i)
      if (fromEdge < ramp) into[part.from + i] = Math.round(((into[part.from + i] ?? 0) * fromEdge) / ramp)
    }
  }

  #nextStep(step: ToneStep): void {
    this.#at = 0
    this.#repeat++
    if (this.#repeat < step.repeats) return
    this.#repeat = 0
    this.#index++
    if (this.#index < this.#script.steps.length) return
    this.#index = 0
    this.#round++
  }
}
