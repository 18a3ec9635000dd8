import { performance } from 'node:perf_hooks'
import { asError, systemCodeOf } from '../../../core/errors.ts'
import { MediaClosed, UnplayableSource } from '../../media-errors.ts'
import type { PlayResult } from '../../source.ts'
import type { RecordResult } from '../../recording.ts'
import type {
  Answer,
  Ask,
  FromThread,
  LineNumber,
  MixNumber,
  RefusalCode,
  RequestKind,
  Target,
  ToThread,
} from '../protocol.ts'
import type { LocalIce } from '../sdp/ice-description.ts'
import { Ear } from './ear.ts'
import { KeySender } from './key-sender.ts'
import { Line } from './line.ts'
import { Mix } from './mix.ts'
import { PacketClock } from './packet-clock.ts'
import { Playlist } from './playlist.ts'
import { Recorder } from './recorder.ts'

const watchEveryMs = 100
const latenessEveryMs = 1000
const beep = '%(250,50,1000)'

type Handlers = {
  [Kind in RequestKind]: (ask: Ask<Kind>, signal: AbortSignal, id: number) => Promise<Answer<Kind>> | Answer<Kind>
}

/** Everything on the packet thread: lines, mixes, and the requests of the main thread. */
export class MediaThread {
  readonly #post: (message: FromThread) => void
  readonly #clock: PacketClock
  readonly #lines = new Map<LineNumber, Line>()
  readonly #mixes = new Map<MixNumber, Mix>()
  /** What ends the running request of an id early. */
  readonly #stops = new Map<number, AbortController>()
  readonly #pauses = new Map<number, (on: boolean) => void>()
  readonly #handlers: Handlers = {
    'open-line': (ask) => this.#openLine(ask),
    configure: ({ line, plan }) => {
      this.#line(line).configure(plan)
    },
    listen: (ask) => this.#listen(ask),
    'close-line': ({ line }) => this.#closeLine(line),
    play: (ask, signal) => this.#play(ask, signal),
    record: (ask, signal) => this.#record(ask, signal),
    'record-session': (ask, signal, id) => this.#recordSession(ask, signal, id),
    bridge: ({ line, other }) => {
      this.#line(line).bridge(this.#line(other))
    },
    unbridge: ({ line }) => this.#unbridge(line),
    mute: ({ line, on }) => {
      this.#line(line).mute(on)
    },
    'send-digits': (ask, signal) => this.#sendDigits(ask, signal),
    'open-mix': ({ mix }) => this.#openMix(mix),
    'close-mix': ({ mix }) => this.#closeMix(mix),
    'mute-mix': ({ mix, on }) => {
      this.#mix(mix).mute(on)
    },
    join: ({ mix, line, settings }) => {
      this.#mix(mix).join(line, this.#line(line), settings)
    },
    'set-member': ({ mix, line, settings }) => {
      this.#mix(mix).set(line, settings)
    },
  }

  constructor(post: (message: FromThread) => void) {
    this.#post = post
    this.#clock = new PacketClock((error) => post({ kind: 'fault', message: String(asError(error).stack) }))
    setInterval(() => this.#watch(), watchEveryMs)
    setInterval(() => post({ kind: 'lateness', worstMs: this.#clock.takeWorstLatenessMs() }), latenessEveryMs)
  }

  receive(message: ToThread): void {
    if (message.kind === 'stop') this.#stops.get(message.id)?.abort()
    else if (message.kind === 'pause') this.#pauses.get(message.id)?.(message.on)
    else void this.#answer(message.kind, message.ask, message.id)
  }

  async #answer<Kind extends RequestKind>(kind: Kind, ask: Ask<Kind>, id: number): Promise<void> {
    const stop = new AbortController()
    this.#stops.set(id, stop)
    try {
      const value = await this.#handlers[kind](ask, stop.signal, id)
      this.#post({ kind: 'answer', id, value })
    } catch (thrown) {
      const error = asError(thrown)
      this.#post({ kind: 'refusal', id, code: refusalCodeOf(error), message: error.message })
    } finally {
      this.#stops.delete(id)
      this.#pauses.delete(id)
    }
  }

  async #openLine(ask: Ask<'open-line'>): Promise<LocalIce | undefined> {
    const line = new Line({
      counters: new Float64Array(ask.counters),
      clock: this.#clock,
      mediaTimeoutMs: ask.mediaTimeoutMs,
      signallingAddress: ask.signallingAddress,
      cname: ask.cname,
      listener: {
        key: (press) => this.#post({ kind: 'digit', line: ask.line, ...press }),
        unreachable: (message) => this.#post({ kind: 'unreachable', line: ask.line, message }),
        lost: (withoutPacketsMs) => this.#post({ kind: 'lost', line: ask.line, withoutPacketsMs }),
      },
    })
    const { bindAddress, port, ice } = ask
    const local = ice
      ? await line.openIce({ address: ice.address, bindAddress, port }, ice.isControlling)
      : await line.open(bindAddress, port)
    this.#lines.set(ask.line, line)
    return local
  }

  #listen({ line: number, attention }: Ask<'listen'>): undefined {
    const line = this.#line(number)
    new Ear(line, this.#clock, attention, {
      key: (press) => line.key(press),
      tone: (tone) => this.#post({ kind: 'tone', line: number, tone }),
      silence: (silentMs) => this.#post({ kind: 'silence', line: number, silentMs }),
    })
  }

  async #closeLine(number: LineNumber): Promise<undefined> {
    const line = this.#lines.get(number)
    this.#lines.delete(number)
    await line?.close()
  }

  async #play({ target, sources, loop }: Ask<'play'>, signal: AbortSignal): Promise<PlayResult> {
    const rate = this.#rateOf(target)
    const { promise, resolve } = resolver<PlayResult>()
    const playlist = await Playlist.open({ sources, loop, rate }, resolve)
    // The target may have ended while files were opened.
    const player = 'line' in target ? this.#lines.get(target.line) : this.#mixes.get(target.mix)
    if (!player) playlist.end('closed')
    else if (signal.aborted) playlist.end('stop')
    else player.play(playlist)
    signal.addEventListener('abort', () => playlist.end('stop'))
    return promise
  }

  async #record({ target, file, rules }: Ask<'record'>, signal: AbortSignal): Promise<RecordResult> {
    if (rules.beep) await this.#play({ target, sources: [{ kind: 'tone', spec: beep }], loop: 1 }, signal)
    const what = { file, rules, clock: this.#clock }
    const recorder =
      'line' in target
        ? await Recorder.ofLine(this.#line(target.line), what)
        : await Recorder.of(this.#mix(target.mix), what)
    if (!(recorder instanceof Recorder)) return recorder
    if ('mix' in target) this.#mixes.get(target.mix)?.onEnd(() => recorder.end({ endedBy: 'closed' }))
    return endWith(recorder, signal)
  }

  async #recordSession(ask: Ask<'record-session'>, signal: AbortSignal, id: number): Promise<RecordResult> {
    const { file, maxMs } = ask
    const rules = { maxMs, silenceMs: undefined, terminators: '', beep: false }
    const recorder = await Recorder.ofSession(this.#line(ask.line), { file, rules, clock: this.#clock })
    if (!(recorder instanceof Recorder)) return recorder
    this.#pauses.set(id, (on) => recorder.pause(on))
    return endWith(recorder, signal)
  }

  #unbridge(number: LineNumber): undefined {
    const line = this.#line(number)
    line.unbridge()
    line.leaveMix()
  }

  async #sendDigits(ask: Ask<'send-digits'>, signal: AbortSignal): Promise<undefined> {
    const { line: number, digits, durationMs } = ask
    const line = this.#line(number)
    const { events } = line.output
    if (!events) {
      const spec = `d=${durationMs};w=100;${digits}`
      await this.#play({ target: { line: number }, sources: [{ kind: 'tone', spec }], loop: 1 }, signal)
      return
    }
    const { promise, resolve } = resolver<undefined>()
    const plan = { payloadType: events.send, clockRate: events.clockRate }
    line.sendKeys(new KeySender({ digits, durationMs }, plan, () => resolve(undefined)))
    await promise
  }

  #openMix(number: MixNumber): undefined {
    const mix = new Mix(this.#clock, {
      talking: (line, isTalking) => this.#post({ kind: 'talking', mix: number, line, isTalking }),
      left: (line) => this.#post({ kind: 'left', mix: number, line }),
    })
    this.#mixes.set(number, mix)
  }

  #closeMix(number: MixNumber): undefined {
    const mix = this.#mixes.get(number)
    this.#mixes.delete(number)
    mix?.close()
  }

  #watch(): void {
    const nowMs = performance.now()
    for (const line of this.#lines.values()) line.watch(nowMs)
  }

  #rateOf(target: Target): number {
    return 'line' in target ? this.#line(target.line).output.sampleRate : this.#mix(target.mix).rate
  }

  #line(number: LineNumber): Line {
    const line = this.#lines.get(number)
    if (!line) throw new MediaClosed('the endpoint has ended')
    return line
  }

  #mix(number: MixNumber): Mix {
    const mix = this.#mixes.get(number)
    if (!mix) throw new MediaClosed('the conference has ended')
    return mix
  }
}

function endWith(recorder: Recorder, signal: AbortSignal): Promise<RecordResult> {
  if (signal.aborted) recorder.end({ endedBy: 'stop' })
  signal.addEventListener('abort', () => recorder.end({ endedBy: 'stop' }))
  return recorder.ended
}

function refusalCodeOf(error: Error): RefusalCode {
  if (error instanceof UnplayableSource || error instanceof MediaClosed) return error.code
  return ['EADDRINUSE', 'EACCES'].includes(systemCodeOf(error) ?? '') ? 'port-taken' : 'fault'
}

function resolver<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((done) => (resolve = done))
  return { promise, resolve }
}
