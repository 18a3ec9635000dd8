import { encodePcmu, pcmuSilence } from './pcmu.ts'

const rateHz = 8000
const amplitude = 8000

/** What a phone says, in pieces of mu-law: silence until told otherwise. */
export class Voice {
  #next: (samples: number) => Buffer = silence

  /** A continuous sine. */
  tone(hz: number): void {
    let phase = 0
    const step = (2 * Math.PI * hz) / rateHz
    this.#next = (samples) => {
      const wave = Int16Array.from({ length: samples }, (_, n) => amplitude * Math.sin(phase + n * step))
      phase = (phase + samples * step) % (2 * Math.PI)
      return encodePcmu(wave)
    }
  }

  silence(): void {
    this.#next = silence
  }

  take(samples: number): Buffer {
    return this.#next(samples)
  }
}

function silence(samples: number): Buffer {
  return Buffer.alloc(samples, pcmuSilence)
}
