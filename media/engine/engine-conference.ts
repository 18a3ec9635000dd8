import { newId } from '../../core/ids.ts'
import { TypedEmitter } from '../../core/typed-emitter.ts'
import type { Conference, ConferenceEvents, ConferenceOptions, JoinOptions, Member } from '../conference.ts'
import type { Endpoint } from '../endpoint.ts'
import { MediaClosed, MediaNotSupported } from '../media-errors.ts'
import type { RecordOptions, RecordResult } from '../recording.ts'
import type { PlayOptions, PlayResult, Source } from '../source.ts'
import { EngineEndpoint } from './engine-endpoint.ts'
import { playOn, recordOn } from './play-and-record.ts'
import type { LineNumber, MemberSettings, MixNumber } from './protocol.ts'
import type { ThreadLink } from './thread-link.ts'

const defaultMaxMembers = 200

export type ConferenceEnd = ConferenceEvents['closed'][0]

/** A conference of the built-in engine: who is in it is known here, the mixing is the packet thread's. */
export class EngineConference implements Conference {
  readonly name: string
  readonly events = new TypedEmitter<ConferenceEvents>()
  readonly #mix: MixNumber
  readonly #link: ThreadLink
  readonly #options: ConferenceOptions
  readonly #released: () => void
  readonly #members = new Map<LineNumber, EngineMember>()
  #ending: Promise<void> | undefined

  constructor(parts: {
    readonly name: string
    readonly mix: MixNumber
    readonly link: ThreadLink
    readonly options: ConferenceOptions
    readonly released: () => void
  }) {
    this.name = parts.name
    this.#mix = parts.mix
    this.#link = parts.link
    this.#options = parts.options
    this.#released = parts.released
  }

  get members(): readonly Member[] {
    return [...this.#members.values()]
  }

  get isClosed(): boolean {
    return this.#ending !== undefined
  }

  async join(endpoint: Endpoint, options: JoinOptions = {}): Promise<Member> {
    this.#mustBeOpen()
    if (!(endpoint instanceof EngineEndpoint)) throw new MediaNotSupported('the endpoint is on another media server')
    if (endpoint.isClosed) throw new MediaClosed('the endpoint has ended')
    const known = this.#members.get(endpoint.line)
    if (known) return known
    if (this.#members.size >= (this.#options.maxMembers ?? defaultMaxMembers)) {
      throw new MediaNotSupported(`the conference ${this.name} is full`)
    }
    const settings: MemberSettings = {
      isMuted: options.isMuted ?? false,
      isDeaf: options.isDeaf ?? false,
      volumeDb: options.volumeDb ?? 0,
      heardBy: options.heardBy && linesOf(options.heardBy),
    }
    const member = new EngineMember(endpoint, settings, {
      changed: (changed) => this.#link.tell('set-member', { mix: this.#mix, line: endpoint.line, settings: changed }),
      leave: () => endpoint.unbridge(),
    })
    this.#members.set(endpoint.line, member)
    try {
      await this.#link.ask('join', { mix: this.#mix, line: endpoint.line, settings })
    } catch (error) {
      this.#members.delete(endpoint.line)
      throw error
    }
    this.events.emit('joined', member)
    return member
  }

  async play(source: Source | readonly Source[], options: PlayOptions = {}): Promise<PlayResult> {
    this.#mustBeOpen()
    return playOn(this.#link, { mix: this.#mix }, source, options)
  }

  async record(file: string, options: RecordOptions): Promise<RecordResult> {
    this.#mustBeOpen()
    return recordOn(this.#link, { mix: this.#mix }, file, { ...options, terminators: '' })
  }

  mute(on: boolean): void {
    if (!this.isClosed) this.#link.tell('mute-mix', { mix: this.#mix, on })
  }

  close(): Promise<void> {
    return this.end('closed')
  }

  /** The one end, whatever brings it. */
  end(reason: ConferenceEnd): Promise<void> {
    this.#ending ??= this.#end(reason)
    return this.#ending
  }

  /** The packet thread says that a line is no longer in the mix. */
  lineLeft(line: LineNumber): void {
    const member = this.#members.get(line)
    if (!member) return
    this.#members.delete(line)
    this.events.emit('left', member)
    if (this.#members.size === 0 && (this.#options.endsWhenEmpty ?? true)) void this.end('empty')
  }

  lineTalks(line: LineNumber, isTalking: boolean): void {
    const member = this.#members.get(line)
    if (!member) return
    member.isTalking = isTalking
    this.events.emit('talking', member, isTalking)
  }

  async #end(reason: ConferenceEnd): Promise<void> {
    if (reason !== 'engine-died') await this.#link.ask('close-mix', { mix: this.#mix }).catch(() => undefined)
    this.#members.clear()
    this.#released()
    this.events.emit('closed', reason)
  }

  #mustBeOpen(): void {
    if (this.isClosed) throw new MediaClosed(`the conference ${this.name} has ended`)
  }
}

class EngineMember implements Member {
  readonly id = newId('leg')
  readonly endpoint: EngineEndpoint
  isTalking = false
  #settings: MemberSettings
  readonly #control: { readonly changed: (settings: MemberSettings) => void; readonly leave: () => Promise<void> }

  constructor(
    endpoint: EngineEndpoint,
    settings: MemberSettings,
    control: { readonly changed: (settings: MemberSettings) => void; readonly leave: () => Promise<void> },
  ) {
    this.endpoint = endpoint
    this.#settings = settings
    this.#control = control
  }

  get isMuted(): boolean {
    return this.#settings.isMuted
  }

  get isDeaf(): boolean {
    return this.#settings.isDeaf
  }

  mute(on: boolean): void {
    this.#change({ isMuted: on })
  }

  deafen(on: boolean): void {
    this.#change({ isDeaf: on })
  }

  setVolume(volumeDb: number): void {
    this.#change({ volumeDb })
  }

  heardBy(members: readonly Member[] | undefined): void {
    this.#change({ heardBy: members && linesOf(members) })
  }

  async leave(): Promise<void> {
    if (!this.endpoint.isClosed) await this.#control.leave()
  }

  #change(change: Partial<MemberSettings>): void {
    this.#settings = { ...this.#settings, ...change }
    this.#control.changed(this.#settings)
  }
}

function linesOf(members: readonly Member[]): LineNumber[] {
  return members.flatMap(({ endpoint }) => (endpoint instanceof EngineEndpoint ? [endpoint.line] : []))
}
