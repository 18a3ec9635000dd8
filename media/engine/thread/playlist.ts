import type { PlayResult, Source } from '../../source.ts'
import { parseToneScript } from '../audio/tone-script.ts'
import { type SampleSource, SilenceSource } from '../audio/sample-source.ts'
import { ToneSource } from '../audio/tone-source.ts'
import { openWav } from '../audio/wav-source.ts'

/** Makes a source that starts from its beginning. */
type Opened = (rate: number) => SampleSource

/** What is played to one line or mix: sources one after the other, the list as often as asked. Ends once, with a result. */
export class Playlist {
  readonly rate: number
  readonly #opened: readonly Opened[]
  readonly #loop: number
  readonly #ended: (result: PlayResult) => void
  #round = 0
  #index = 0
  #current: SampleSource | undefined
  #samples = 0
  #isEnded = false
  #emptyInARow = 0

  private constructor(opened: readonly Opened[], loop: number, rate: number, ended: (result: PlayResult) => void) {
    this.#opened = opened
    this.#loop = loop
    this.rate = rate
    this.#ended = ended
  }

  /**
   * Opens everything before anything is heard.
   * @throws UnplayableSource
   */
  static async open(
    what: { readonly sources: readonly Source[]; readonly loop: number; readonly rate: number },
    ended: (result: PlayResult) => void,
  ): Promise<Playlist> {
    const opened = await Promise.all(what.sources.map((source) => openSource(source, what.rate)))
    return new Playlist(opened, what.loop, what.rate, ended)
  }

  /** Fills `into`; false when there was nothing left, and the list has ended. */
  read(into: Int16Array): boolean {
    let count = 0
    while (count < into.length) {
      const source = this.#isEnded ? undefined : this.#source()
      if (!source) break
      const made = source.read(count === 0 ? into : into.subarray(count))
      count += made
      this.#samples += made
      if (made > 0) this.#emptyInARow = 0
      if (count < into.length) this.#next()
    }
    into.fill(0, count)
    if (count === 0) this.end('end')
    return count > 0
  }

  end(endedBy: PlayResult['endedBy']): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#ended({ endedBy, playedMs: Math.round((this.#samples * 1000) / this.rate) })
  }

  #source(): SampleSource | undefined {
    // A list of nothing but empty sources has no end to wait for.
    if (this.#round >= this.#loop || this.#emptyInARow > this.#opened.length) return undefined
    this.#current ??= this.#opened[this.#index]?.(this.rate)
    return this.#current
  }

  #next(): void {
    this.#current = undefined
    this.#emptyInARow++
    this.#index++
    if (this.#index < this.#opened.length) return
    this.#index = 0
    this.#round++
  }
}

async function openSource(source: Source, rate: number): Promise<Opened> {
  switch (source.kind) {
    case 'file':
      return openWav(source.path, rate, source.fromMs)
    case 'tone': {
      const script = parseToneScript(source.spec)
      return (atRate) => new ToneSource(script, atRate)
    }
    case 'silence':
      return (atRate) => new SilenceSource(Math.max(0, Math.round((source.ms * atRate) / 1000)))
  }
}
