import type { TypedEmitter } from '../core/typed-emitter.ts'
import type { Endpoint } from './endpoint.ts'
import type { RecordOptions, RecordResult } from './recording.ts'
import type { PlayOptions, PlayResult, Source } from './source.ts'

export interface ConferenceOptions {
  /** More are refused. Default 200. */
  readonly maxMembers?: number
  /** The conference ends when its last member left. Default true. */
  readonly endsWhenEmpty?: boolean
}

export interface JoinOptions {
  readonly isMuted?: boolean
  /** Hears nothing. */
  readonly isDeaf?: boolean
  /** Change of what the others hear of it, in dB, -40 to +20. */
  readonly volumeDb?: number
  /** Only these members hear it (whisper); everybody when left out. */
  readonly heardBy?: readonly Member[]
}

/** An endpoint's place in a conference. Everybody hears everybody but himself (mix-minus). */
export interface Member {
  readonly id: string
  readonly endpoint: Endpoint
  readonly isMuted: boolean
  readonly isDeaf: boolean
  readonly isTalking: boolean
  mute(on: boolean): void
  deafen(on: boolean): void
  /** @param volumeDb change in dB, -40 to +20 */
  setVolume(volumeDb: number): void
  /** Who hears it from now on; undefined: everybody. */
  heardBy(members: readonly Member[] | undefined): void
  leave(): Promise<void>
}

export type ConferenceEvents = {
  joined: [Member]
  left: [Member]
  talking: [Member, isTalking: boolean]
  closed: [reason: 'closed' | 'empty' | 'server-closed' | 'engine-died']
}

/** A mix of any number of endpoints. */
export interface Conference {
  readonly name: string
  readonly events: TypedEmitter<ConferenceEvents>
  readonly members: readonly Member[]
  readonly isClosed: boolean
  join(endpoint: Endpoint, options?: JoinOptions): Promise<Member>
  /** Plays to all members, mixed with their voices; a play that runs is replaced. @throws UnplayableSource */
  play(source: Source | readonly Source[], options?: PlayOptions): Promise<PlayResult>
  /** Records the mix of all members; `terminators` do not apply. */
  record(file: string, options: RecordOptions): Promise<RecordResult>
  /** While on, nobody is heard but what is played. */
  mute(on: boolean): void
  /** Ends it; its members stay alive, each alone. */
  close(): Promise<void>
}
