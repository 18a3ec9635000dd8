import { asError } from '../../../core/errors.ts'
import type { RecordResult } from '../../recording.ts'
import { WavWriter } from '../audio/wav-writer.ts'
import type { RecordRules } from '../protocol.ts'
import { isAudible } from './level.ts'
import { type FrameSource, HeardFrames, SessionFrames } from './frame-source.ts'
import type { Line } from './line.ts'
import { type PacketClock, type Tickable, tickMs } from './packet-clock.ts'

type End = Pick<RecordResult, 'endedBy' | 'key' | 'error'>

const recordRate = 8000

/** Writes one stream of sound into a WAV file until one of its rules, a key, a stop or the line ends it. */
export class Recorder implements Tickable {
  readonly ended: Promise<RecordResult>
  readonly #writer: WavWriter
  readonly #source: FrameSource
  readonly #rules: RecordRules
  readonly #clock: PacketClock
  readonly #frame: Int16Array
  #isPaused = false
  readonly #resolve: (result: RecordResult) => void
  #silentMs = 0
  #isEnded = false

  private constructor(writer: WavWriter, source: FrameSource, rules: RecordRules, clock: PacketClock) {
    this.#writer = writer
    this.#source = source
    this.#rules = rules
    this.#clock = clock
    this.#frame = new Int16Array((recordRate * tickMs * source.channels) / 1000)
    const { promise, resolve } = withResolver<RecordResult>()
    this.ended = promise
    this.#resolve = resolve
    clock.add(this)
  }

  /** Records what a line's peer says. A file that cannot be opened is an outcome, not an exception. */
  static async ofLine(line: Line, what: RecordingOf): Promise<Recorder | RecordResult> {
    const heard = new HeardFrames(recordRate)
    return Recorder.#onLine(line, await Recorder.of(heard, what), () => line.tap(heard), what.rules)
  }

  /** Records a line's whole conversation, its peer left, what it hears right. */
  static async ofSession(line: Line, what: RecordingOf): Promise<Recorder | RecordResult> {
    const frames = new SessionFrames(recordRate)
    return Recorder.#onLine(line, await Recorder.of(frames, what), () => frames.listenTo(line), what.rules)
  }

  static async of(source: FrameSource, what: RecordingOf): Promise<Recorder | RecordResult> {
    try {
      const writer = await WavWriter.open(what.file, { rate: recordRate, channels: source.channels })
      return new Recorder(writer, source, what.rules, what.clock)
    } catch (thrown) {
      return { endedBy: 'failed', durationMs: 0, bytes: 0, error: asError(thrown) }
    }
  }

  /** Ties a recorder to a line for as long as both last. */
  static #onLine(
    line: Line,
    recorder: Recorder | RecordResult,
    listen: () => () => void,
    rules: RecordRules,
  ): Recorder | RecordResult {
    if (!(recorder instanceof Recorder)) return recorder
    const untap = listen()
    const unobserve = line.observe({
      key: ({ digit }) => {
        if (rules.terminators.includes(digit)) recorder.end({ endedBy: 'key', key: digit })
      },
      closed: () => recorder.end({ endedBy: 'closed' }),
    })
    void recorder.ended.then(untap).then(unobserve)
    if (line.isClosed) recorder.end({ endedBy: 'closed' })
    return recorder
  }

  /** While paused silence is written, so that times in the file stay times of the call. */
  pause(on: boolean): void {
    this.#isPaused = on
  }

  tick(): void {
    const isHeard = this.#source.take(this.#frame) && isAudible(this.#frame)
    if (this.#isPaused) this.#frame.fill(0)
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
