import type { KeyPress } from '../rtp/telephone-event.ts'
import { amplitudeAt } from './goertzel.ts'

const rate = 8000
/** 12.75 ms: long enough to tell the frequencies apart, short enough for two in the shortest key (40 ms, ITU-T Q.24). */
const blockSamples = 102
const rows = [697, 770, 852, 941] as const
const columns = [1209, 1336, 1477, 1633] as const
const keys = '123A456B789C*0#D'
/** About -30 dBm0 for each of the two. */
const faintest = 700
/** Q.24: a column may be 4 dB louder than its row, a row 8 dB louder than its column; a little is left for the line. */
const columnTwist = 2
const rowTwist = 2.8
/** Share of the power in the two tones, which speech hardly ever reaches. */
const purity = 0.75
/** The second strongest of a group must be that much weaker. */
const distinction = 2.5

/** Hears keys pressed as tones in the sound itself (ITU-T Q.23), 8 kHz. */
export class DtmfDetector {
  readonly #block = new Int16Array(blockSamples)
  #filled = 0
  #candidate: string | undefined
  #candidateBlocks = 0
  #pressed: string | undefined
  #pressedBlocks = 0
  #missedBlocks = 0

  /** @returns a key when it is released */
  feed(samples: Int16Array): KeyPress | undefined {
    let press: KeyPress | undefined
    for (const sample of samples) {
      this.#block[this.#filled++] = sample
      if (this.#filled < blockSamples) continue
      this.#filled = 0
      press = this.#judge(keyIn(this.#block)) ?? press
    }
    return press
  }

  /** Two blocks make a key, two without it end it. */
  #judge(key: string | undefined): KeyPress | undefined {
    this.#candidateBlocks = key !== undefined && key === this.#candidate ? this.#candidateBlocks + 1 : 1
    this.#candidate = key
    if (this.#pressed !== undefined && key === this.#pressed) {
      this.#pressedBlocks++
      this.#missedBlocks = 0
      return undefined
    }
    let released: KeyPress | undefined
    if (this.#pressed !== undefined && ++this.#missedBlocks >= 2) {
      released = { digit: this.#pressed, durationMs: Math.round((this.#pressedBlocks * blockSamples * 1000) / rate) }
      this.#pressed = undefined
    }
    if (this.#pressed === undefined && key !== undefined && this.#candidateBlocks >= 2) {
      this.#pressed = key
      this.#pressedBlocks = 2
      this.#missedBlocks = 0
    }
    return released
  }
}

function keyIn(block: Int16Array): string | undefined {
  const row = strongest(block, rows)
  const column = strongest(block, columns)
  if (!row || !column) return undefined
  if (column.amplitude > row.amplitude * columnTwist || row.amplitude > column.amplitude * rowTwist) return undefined
  let power = 0
  for (const sample of block) power += sample * sample
  const inTones = ((row.amplitude ** 2 + column.amplitude ** 2) / 2) * blockSamples
  return inTones < power * purity ? undefined : keys[row.index * 4 + column.index]
}

function strongest(
  block: Int16Array,
  frequencies: readonly number[],
): { readonly index: number; readonly amplitude: number } | undefined {
  const amplitudes = frequencies.map((hertz) => amplitudeAt(block, hertz, rate))
  const amplitude = Math.max(...amplitudes)
  const index = amplitudes.indexOf(amplitude)
  const isClear = amplitudes.every((other, i) => i === index || other * distinction < amplitude)
  return amplitude >= faintest && isClear ? { index, amplitude } : undefined
}
