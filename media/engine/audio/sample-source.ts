/** Linear samples on demand, mono, at a rate that its maker was told. */
export interface SampleSource {
  /** Fills `into` and returns how many samples there were: fewer than asked for only at the end. */
  read(into: Int16Array): number
}

/** Samples of silence. */
export class SilenceSource implements SampleSource {
  #left: number

  constructor(samples: number) {
    this.#left = samples
  }

  read(into: Int16Array): number {
    const count = Math.min(into.length, this.#left)
    into.fill(0, 0, count)
    this.#left -= count
    return count
  }
}
