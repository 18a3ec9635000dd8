import { asError } from '../../../core/errors.ts'
import type { RecordResult } from '../../recording.ts'
import { JitterBuffer } from '../audio/jitter-buffer.ts'
import { WavWriter } from '../audio/wav-writer.ts'
import type { RecordRules } from '../protocol.ts'
import { isAudible } from './level.ts'
import type { HeardVoice } from './line-input.ts'
import type { Line, VoiceTap } from './line.ts'
import { type PacketClock, type Tickable, tickMs } from './packet-clock.ts'

type End = Pick<RecordResult, 'endedBy' | 'key' | 'error'>

const recordRate = 8000

/** A stream of ticks of sound, one at a time. */
export interface FrameSource {
  /** Fills one tick; false when it is silence. */
  take(into: Int16Array): boolean
}

/** What a line's peer says, evened out. */
export class HeardFrames implements VoiceTap, FrameSource {
  readonly #buffer: JitterBuffer

  constructor(rate: number) {
    this.#buffer = new JitterBuffer(rate)
  }

  voice({ packet, rtp, codec, nowMs }: HeardVoice): void {
    const { payloadStart: from, payloadEnd: to, sequence, timestamp } = rtp
    this.#buffer.put({ packet, from, to, sequence, timestamp, codec }, nowMs)
  }

  take(into: Int16Array): boolean {
    return this.#buffer.take(into)
  }
}

/** Writes one stream of sound into a mono WAV file until one of its rules, a key, a stop or the line ends it. */
export class Recorder implements Tickable {
  readonly ended: Promise<RecordResult>
  readonly #writer: WavWriter
  readonly #source: FrameSource
  readonly #rules: RecordRules
  readonly #clock: PacketClock
  readonly #frame = new Int16Array((recordRate * tickMs) / 1000)
  readonly #resolve: (result: RecordResult) => void
  #silentMs = 0
  #isEnded = false

  private constructor(writer: WavWriter, source: FrameSource, rules: RecordRules, clock: PacketClock) {
    this.#writer = writer
    this.#source = source
    this.#rules = rules
    this.#clock = clock
    const { promise, resolve } = withResolver<RecordResult>()
    this.ended = promise
    this.#resolve = resolve
    clock.add(this)
  }

  /** Records a line. A file that cannot be opened is an outcome, not an exception. */
  static async ofLine(line: Line, what: RecordingOf): Promise<Recorder | RecordResult> {
    const heard = new HeardFrames(recordRate)
    const recorder = await Recorder.of(heard, what)
    if (!(recorder instanceof Recorder)) return recorder
    const untap = line.tap(heard)
    const unobserve = line.observe({
      key: ({ digit }) => {
        if (what.rules.terminators.includes(digit)) recorder.end({ endedBy: 'key', key: digit })
      },
      closed: () => recorder.end({ endedBy: 'closed' }),
    })
    void recorder.ended.then(untap).then(unobserve)
    if (line.isClosed) recorder.end({ endedBy: 'closed' })
    return recorder
  }

  static async of(source: FrameSource, what: RecordingOf): Promise<Recorder | RecordResult> {
    try {
      const writer = await WavWriter.open(what.file, { rate: recordRate, channels: 1 })
      return new Recorder(writer, source, what.rules, what.clock)
    } catch (thrown) {
      return { endedBy: 'failed', durationMs: 0, bytes: 0, error: asError(thrown) }
    }
  }

  tick(): void {
    const isHeard = this.#source.take(this.#frame) && isAudible(this.#frame)
    this.#writer.write(this.#frame, this.#frame.length)
    this.#silentMs = isHeard ? 0 : this.#silentMs + tickMs
    const { maxMs, silenceMs } = this.#rules
    if (this.#writer.error) this.end({ endedBy: 'failed' })
    else if (this.#writer.durationMs >= maxMs) this.end({ endedBy: 'limit' })
    else if (silenceMs !== undefined && this.#silentMs >= silenceMs) this.end({ endedBy: 'silence' })
  }

  end(end: End): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#clock.remove(this)
    void this.#finish(end).then(this.#resolve)
  }

  async #finish(end: End): Promise<RecordResult> {
    const written = await this.#writer.finish()
    const { error } = this.#writer
    return error ? { ...written, endedBy: 'failed', error } : { ...written, ...end }
  }
}

export interface RecordingOf {
  readonly file: string
  readonly rules: RecordRules
  readonly clock: PacketClock
}

function withResolver<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((done) => (resolve = done))
  return { promise, resolve }
}
