import type { DeviceId, UserId } from '../core/ids.ts'

/** Who places the call, as established by authentication, never by what the From header claims. */
export interface RouteCaller {
  readonly userId: UserId
  readonly deviceId: DeviceId
}

/** A place that can ring. */
export interface RingTarget {
  readonly kind: 'device'
  readonly deviceId: DeviceId
  readonly userId: UserId
}

/** Targets that ring together, and for how long. */
export interface DialRound {
  readonly targets: readonly RingTarget[]
  readonly ringMs: number
}

export type Rejection =
  | 'unknown-number'
  | 'not-allowed'
  | 'busy'
  | 'unreachable'
  | 'no-answer'
  | 'declined'
  | 'no-common-codec'
  | 'overloaded'
  | 'failed'

/** How nobody took the call. */
export type Unanswered = Extract<Rejection, 'busy' | 'declined' | 'unreachable' | 'no-answer' | 'no-common-codec'>

/** What happens then. */
export type DialFallback = { readonly kind: 'voicemail'; readonly mailbox: UserId } | { readonly kind: 'reject' }

/** What to do with a call: a closed set, each arm carried out by one branch in `calls/`. */
export type RouteDecision =
  | {
      readonly kind: 'dial'
      readonly callee: UserId
      readonly rounds: readonly DialRound[]
      readonly otherwise: Readonly<Record<Unanswered, DialFallback>>
      readonly because: readonly string[]
    }
  | { readonly kind: 'voicemail'; readonly mailbox: UserId; readonly because: readonly string[] }
  | { readonly kind: 'listen'; readonly mailbox: UserId; readonly because: readonly string[] }
  | { readonly kind: 'echo'; readonly because: readonly string[] }
  | { readonly kind: 'reject'; readonly reason: Rejection; readonly because: readonly string[] }
