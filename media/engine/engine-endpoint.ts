import type { Clock } from '../../core/clock.ts'
import { newId } from '../../core/ids.ts'
import { TypedEmitter } from '../../core/typed-emitter.ts'
import type { Codec, MediaDirection } from '../codec.ts'
import { collectDigits } from '../collect-digits.ts'
import type { CollectOptions, Digits } from '../collect.ts'
import type { Conference, JoinOptions, Member } from '../conference.ts'
import type { Endpoint, EndpointEnd, EndpointEvents } from '../endpoint.ts'
import { MediaClosed, MediaNotSupported, UnplayableSource } from '../media-errors.ts'
import type { RtpStats } from '../media-stats.ts'
import type { Recording, RecordOptions, RecordResult, RecordSessionOptions } from '../recording.ts'
import type { PlayOptions, PlayResult, Source } from '../source.ts'
import type { Counters } from './counters.ts'
import type { LineNumber } from './protocol.ts'
import { playOn, recordOn, startRecording } from './play-and-record.ts'
import { readStats } from './read-stats.ts'
import { areKeys } from './rtp/telephone-event.ts'
import type { SdpSession } from './sdp/sdp-session.ts'
import type { StreamPlan } from './sdp/stream-plan.ts'
import type { ThreadLink } from './thread-link.ts'

export interface EndpointParts {
  readonly line: LineNumber
  readonly link: ThreadLink
  readonly sdp: SdpSession
  readonly counters: Counters
  readonly clock: Clock
  /** Gives back what the endpoint held; called once. */
  readonly released: (endpoint: EngineEndpoint) => void
}

const defaultKeyMs = 100

/** An endpoint of the built-in engine: SDP is done here, packets on the packet thread. */
export class EngineEndpoint implements Endpoint {
  readonly id = newId('endpoint')
  readonly events = new TypedEmitter<EndpointEvents>()
  readonly line: LineNumber
  readonly #parts: EndpointParts
  #ending: Promise<void> | undefined
  #isClosed = false

  constructor(parts: EndpointParts) {
    this.#parts = parts
    this.line = parts.line
  }

  get localSdp(): string {
    return this.#parts.sdp.local
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  get codec(): Codec | undefined {
    return this.#parts.sdp.plan?.send.codec
  }

  get direction(): MediaDirection {
    return this.#parts.sdp.plan?.direction ?? 'sendrecv'
  }

  get isHeldByPeer(): boolean {
    return this.#parts.sdp.isHeldByPeer
  }

  async accept(remoteSdp: string): Promise<string | undefined> {
    const { sdp } = this.#parts
    this.#mustBeOpen()
    if (sdp.isRepeat(remoteSdp)) return sdp.local
    if (sdp.hasOpenOffer) {
      await this.#configure(sdp.complete(remoteSdp))
      return undefined
    }
    const answer = sdp.answer(remoteSdp)
    await this.#configure(answer.plan)
    return answer.sdp
  }

  async offer(options: { readonly direction?: MediaDirection } = {}): Promise<string> {
    this.#mustBeOpen()
    return this.#parts.sdp.offer(options.direction)
  }

  withdrawOffer(): void {
    this.#parts.sdp.withdraw()
  }

  play(source: Source | readonly Source[], options: PlayOptions = {}): Promise<PlayResult> {
    return this.#whileOpen(() => playOn(this.#parts.link, { line: this.line }, source, options))
  }

  collect(options: CollectOptions): Promise<Digits> {
    return this.#whileOpen(() => collectDigits(this, options, this.#parts.clock))
  }

  record(file: string, options: RecordOptions): Promise<RecordResult> {
    return this.#whileOpen(() => recordOn(this.#parts.link, { line: this.line }, file, options))
  }

  async recordSession(file: string, options: RecordSessionOptions = {}): Promise<Recording> {
    this.#mustBeOpen()
    return startRecording(this.#parts.link, this.line, file, options)
  }

  async bridge(other: Endpoint): Promise<void> {
    this.#mustBeOpen()
    if (!(other instanceof EngineEndpoint)) throw new MediaNotSupported('the other endpoint is on another media server')
    other.#mustBeOpen()
    await this.#parts.link.ask('bridge', { line: this.line, other: other.line })
  }

  async unbridge(): Promise<void> {
    this.#mustBeOpen()
    await this.#parts.link.ask('unbridge', { line: this.line })
  }

  join(conference: Conference, options?: JoinOptions): Promise<Member> {
    return conference.join(this, options)
  }

  mute(on: boolean): void {
    if (!this.#isClosed) this.#parts.link.tell('mute', { line: this.line, on })
  }

  async sendDigits(digits: string, options: { readonly durationMs?: number } = {}): Promise<void> {
    this.#mustBeOpen()
    if (!areKeys(digits)) throw new UnplayableSource(`'${digits}' has other characters than keys`)
    const { durationMs = defaultKeyMs } = options
    await this.#parts.link.ask('send-digits', { line: this.line, digits, durationMs })
  }

  stats(): RtpStats {
    return readStats(this.#parts.counters, this.codec)
  }

  close(): Promise<void> {
    return this.end('closed')
  }

  /** The one end, whatever brings it. */
  end(reason: EndpointEnd): Promise<void> {
    this.#ending ??= this.#end(reason)
    return this.#ending
  }

  async #end(reason: EndpointEnd): Promise<void> {
    this.#isClosed = true
    const { link, released } = this.#parts
    // Plays and recordings end with their results before the endpoint says that it is gone.
    if (reason !== 'engine-died') await link.ask('close-line', { line: this.line }).catch(() => undefined)
    released(this)
    this.events.emit('closed', reason)
  }

  async #configure(plan: StreamPlan): Promise<void> {
    await this.#parts.link.ask('configure', { line: this.line, plan })
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw new MediaClosed('the endpoint has ended')
  }

  async #whileOpen<T>(run: () => Promise<T>): Promise<T> {
    this.#mustBeOpen()
    return run()
  }
}
