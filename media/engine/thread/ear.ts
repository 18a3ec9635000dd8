import { DtmfDetector } from '../audio/dtmf-detector.ts'
import { SteadyTone } from '../audio/steady-tone.ts'
import type { Attention } from '../protocol.ts'
import type { KeyPress } from '../rtp/telephone-event.ts'
import { HeardFrames } from './frame-source.ts'
import { isAudible } from './level.ts'
import type { Line } from './line.ts'
import { type PacketClock, type Tickable, tickMs } from './packet-clock.ts'

const rate = 8000
/** ITU-T T.30: CNG sounds for half a second in every three and a half, CED for about three seconds. */
const faxTones = [
  { tone: 'fax-cng', hertz: 1100, minMs: 400 },
  { tone: 'fax-ced', hertz: 2100, minMs: 600 },
] as const

export type HeardTone = (typeof faxTones)[number]['tone']

export interface EarListener {
  key(press: KeyPress): void
  tone(tone: HeardTone): void
  silence(silentMs: number): void
}

/** Listens to what a line's peer says, for what was asked for: keys as tones, fax tones, silence. */
export class Ear implements Tickable {
  readonly #line: Line
  readonly #attention: Attention
  readonly #listener: EarListener
  readonly #heard = new HeardFrames(rate)
  readonly #frame = new Int16Array((rate * tickMs) / 1000)
  readonly #keys = new DtmfDetector()
  readonly #tones = faxTones.map(({ tone, hertz, minMs }) => ({ tone, detector: new SteadyTone(hertz, minMs) }))
  #silentMs = 0

  constructor(line: Line, clock: PacketClock, attention: Attention, listener: EarListener) {
    this.#line = line
    this.#attention = attention
    this.#listener = listener
    const untap = line.tap(this.#heard)
    line.observe({
      closed: () => {
        untap()
        clock.remove(this)
      },
    })
    clock.add(this)
  }

  tick(): void {
    const isVoice = this.#heard.take(this.#frame)
    const { silenceMs, hasFaxTones, hasInBandDigits } = this.#attention
    if (silenceMs !== undefined) this.#watchSilence(silenceMs, isVoice && isAudible(this.#frame))
    if (hasInBandDigits) {
      const press = this.#keys.feed(this.#frame)
      if (press) this.#listener.key(press)
    }
    if (!hasFaxTones) return
    for (const { tone, detector } of this.#tones) if (detector.feed(this.#frame)) this.#listener.tone(tone)
  }

  #watchSilence(afterMs: number, isHeard: boolean): void {
    const before = this.#silentMs
    this.#silentMs = isHeard || !this.#line.isReceiving ? 0 : before + tickMs
    if (before < afterMs && this.#silentMs >= afterMs) this.#listener.silence(this.#silentMs)
  }
}
