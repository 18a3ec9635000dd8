import type { PlayResult, Source } from '../source.ts'
import type { RecordResult } from '../recording.ts'
import type { LocalIce } from './sdp/ice-description.ts'
import type { StreamPlan } from './sdp/stream-plan.ts'

/** Numbers by which both threads know a line (an endpoint's packet side) and a mix (a conference's). */
export type LineNumber = number
export type MixNumber = number

export type Target = { readonly line: LineNumber } | { readonly mix: MixNumber }

export interface MemberSettings {
  readonly isMuted: boolean
  readonly isDeaf: boolean
  readonly volumeDb: number
  /** Lines; everybody when undefined. */
  readonly heardBy: readonly LineNumber[] | undefined
}

export interface RecordRules {
  readonly maxMs: number
  readonly silenceMs: number | undefined
  readonly terminators: string
  readonly beep: boolean
}

/** What to listen for in what a line's peer says. */
export interface Attention {
  readonly hasInBandDigits: boolean
  readonly hasFaxTones: boolean
  readonly silenceMs: number | undefined
}

/** What the packet thread can be asked, and what it answers. */
export interface Requests {
  'open-line': {
    readonly ask: {
      readonly line: LineNumber
      /** The address to bind; its port is for RTP, the next for RTCP. */
      readonly bindAddress: string
      readonly port: number
      /** For browsers: ICE on the RTP port, under the address that they are told. */
      readonly ice: { readonly address: string; readonly isControlling: boolean } | undefined
      readonly counters: SharedArrayBuffer
      /** How the line calls itself in RTCP. */
      readonly cname: string
      /** How long a peer that should send may be quiet. */
      readonly mediaTimeoutMs: number
      readonly signallingAddress: string | undefined
    }
    readonly answer: LocalIce | undefined
  }
  configure: { readonly ask: { readonly line: LineNumber; readonly plan: StreamPlan }; readonly answer: undefined }
  listen: { readonly ask: { readonly line: LineNumber; readonly attention: Attention }; readonly answer: undefined }
  'close-line': { readonly ask: { readonly line: LineNumber }; readonly answer: undefined }
  play: {
    readonly ask: { readonly target: Target; readonly sources: readonly Source[]; readonly loop: number }
    readonly answer: PlayResult
  }
  record: {
    readonly ask: { readonly target: Target; readonly file: string; readonly rules: RecordRules }
    readonly answer: RecordResult
  }
  'record-session': {
    readonly ask: { readonly line: LineNumber; readonly file: string; readonly maxMs: number }
    readonly answer: RecordResult
  }
  bridge: { readonly ask: { readonly line: LineNumber; readonly other: LineNumber }; readonly answer: undefined }
  unbridge: { readonly ask: { readonly line: LineNumber }; readonly answer: undefined }
  mute: { readonly ask: { readonly line: LineNumber; readonly on: boolean }; readonly answer: undefined }
  'send-digits': {
    readonly ask: { readonly line: LineNumber; readonly digits: string; readonly durationMs: number }
    readonly answer: undefined
  }
  'open-mix': { readonly ask: { readonly mix: MixNumber }; readonly answer: undefined }
  'close-mix': { readonly ask: { readonly mix: MixNumber }; readonly answer: undefined }
  'mute-mix': { readonly ask: { readonly mix: MixNumber; readonly on: boolean }; readonly answer: undefined }
  join: {
    readonly ask: { readonly mix: MixNumber; readonly line: LineNumber; readonly settings: MemberSettings }
    readonly answer: undefined
  }
  'set-member': {
    readonly ask: { readonly mix: MixNumber; readonly line: LineNumber; readonly settings: MemberSettings }
    readonly answer: undefined
  }
}

export type RequestKind = keyof Requests
export type Ask<Kind extends RequestKind> = Requests[Kind]['ask']
export type Answer<Kind extends RequestKind> = Requests[Kind]['answer']

/** From the main thread to the packet thread. */
export type ToThread =
  | { [Kind in RequestKind]: { readonly kind: Kind; readonly id: number; readonly ask: Ask<Kind> } }[RequestKind]
  /** Ends the request of that id early: it is answered with what there is by then. */
  | { readonly kind: 'stop'; readonly id: number }
  | { readonly kind: 'pause'; readonly id: number; readonly on: boolean }

/** Why the packet thread refuses: the codes of `media-errors.ts`, a port that another program has, a fault of its own. */
export type RefusalCode = 'unplayable-source' | 'media-closed' | 'port-taken' | 'fault'

/** From the packet thread to the main thread. */
export type FromThread =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly code: RefusalCode; readonly message: string }
  | { readonly kind: 'digit'; readonly line: LineNumber; readonly digit: string; readonly durationMs: number }
  | { readonly kind: 'tone'; readonly line: LineNumber; readonly tone: 'fax-cng' | 'fax-ced' }
  | { readonly kind: 'silence'; readonly line: LineNumber; readonly silentMs: number }
  | { readonly kind: 'lost'; readonly line: LineNumber; readonly withoutPacketsMs: number }
  | { readonly kind: 'unreachable'; readonly line: LineNumber; readonly message: string }
  | { readonly kind: 'left'; readonly mix: MixNumber; readonly line: LineNumber }
  | { readonly kind: 'talking'; readonly mix: MixNumber; readonly line: LineNumber; readonly isTalking: boolean }
  | { readonly kind: 'lateness'; readonly worstMs: number }
  | { readonly kind: 'fault'; readonly message: string }
