import type { Clock } from '../../../core/clock.ts'

const generationMs = 3_600_000
const mostInGeneration = 200_000

/** Networks from which somebody has authenticated in the last hour or two: offices, not strangers. */
export class ProvenAddresses {
  readonly #clock: Clock
  #recent = new Set<string>()
  #before = new Set<string>()
  #turnedAtMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#turnedAtMs = clock.monotonicMs()
  }

  add(network: string): void {
    this.#turn()
    this.#recent.add(network)
  }

  has(network: string): boolean {
    this.#turn()
    return this.#recent.has(network) || this.#before.has(network)
  }

  #turn(): void {
    const ageMs = this.#clock.monotonicMs() - this.#turnedAtMs
    if (ageMs < generationMs && this.#recent.size < mostInGeneration) return
    this.#before = ageMs < 2 * generationMs ? this.#recent : new Set()
    this.#recent = new Set()
    this.#turnedAtMs = this.#clock.monotonicMs()
  }
}
