import { loudness, toneShare } from '../tone-energy.ts'

const blockSamples = 400
const audible = 150
/** Blocks in a row that must agree before a tone counts as heard: 150 ms. */
const blocksNeeded = 3
const shareNeeded = 0.35

interface Listening {
  readonly heard: (block: Int16Array) => boolean
  matches: number
  readonly blocksNeeded: number
  readonly resolve: () => void
}

/** Listens to decoded 8 kHz sound and tells when something expected is in it. */
export class Ear {
  readonly #waiting = new Set<Listening>()
  readonly #onSound = new Set<() => void>()
  readonly #block = new Int16Array(blockSamples)
  #filled = 0
  #samples = 0
  #recording: Int16Array[] | undefined

  /** All samples that came in so far. */
  get samplesHeard(): number {
    return this.#samples
  }

  push(samples: Int16Array): void {
    this.#samples += samples.length
    this.#recording?.push(samples)
    let taken = 0
    while (taken < samples.length) {
      const part = samples.subarray(taken, taken + blockSamples - this.#filled)
      this.#block.set(part, this.#filled)
      this.#filled += part.length
      taken += part.length
      if (this.#filled === blockSamples) this.#judge()
    }
  }

  /** Resolves as soon as a tone of that frequency, alone or with one other, was heard for 150 ms. */
  tone(hz: number): Promise<void> {
    return this.#until((block) => loudness(block) > audible && toneShare(block, hz) > shareNeeded, blocksNeeded)
  }

  /** Resolves as soon as anything audible was heard for 100 ms. */
  sound(): Promise<void> {
    return this.#until((block) => loudness(block) > audible, 2)
  }

  /** Resolves as soon as nothing audible came for that long, whether silent packets come or none. */
  silence(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const hush = () => {
        this.#onSound.delete(restart)
        resolve()
      }
      let timer = setTimeout(hush, ms)
      const restart = () => {
        clearTimeout(timer)
        timer = setTimeout(hush, ms)
      }
      this.#onSound.add(restart)
    })
  }

  startRecording(): void {
    this.#recording = []
  }

  /** What was heard since `startRecording()`. */
  stopRecording(): Int16Array {
    const parts = this.#recording ?? []
    this.#recording = undefined
    const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of parts) {
      all.set(part, at)
      at += part.length
    }
    return all
  }

  #until(heard: (block: Int16Array) => boolean, blocks: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add({ heard, matches: 0, blocksNeeded: blocks, resolve })
    })
  }

  #judge(): void {
    this.#filled = 0
    if (loudness(this.#block) > audible) for (const hear of this.#onSound) hear()
    for (const listening of this.#waiting) {
      listening.matches = listening.heard(this.#block) ? listening.matches + 1 : 0
      if (listening.matches < listening.blocksNeeded) continue
      this.#waiting.delete(listening)
      listening.resolve()
    }
  }
}
