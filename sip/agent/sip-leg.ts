import type { SipCallId } from '../../core/ids.ts'
import type { TypedEmitter } from '../../core/typed-emitter.ts'
import type { HangupReason } from './hangup-reason.ts'

/** How a leg came to its end without us asking for it. */
export type LegEnd = 'cancelled' | 'hung-up' | 'edge-lost'

/** New media offered by the far end in a re-INVITE or UPDATE (RFC 3261 14, RFC 3311). Exactly one of the two is called. */
export interface MediaOffer {
  /** The offer; undefined when the far end wants ours (the answer then comes through `completed`). */
  readonly sdp: string | undefined
  answer(sdp: string): void
  refuse(): void
}

export interface LegEvents {
  ended: [end: LegEnd]
  /** The leg is over, whoever ended it; once. */
  over: []
  offered: [offer: MediaOffer]
  /** The far end answered an offer that we made in a response (RFC 3264 with the offer in the 200). */
  completed: [sdp: string]
  /** A key sent by SIP INFO: one of `0-9*#A-D`. */
  digit: [digit: string]
}

/** One SIP dialog of a call, whichever side started it. */
export interface SipLeg {
  readonly sipCallId: SipCallId
  readonly events: TypedEmitter<LegEvents>
  readonly isEnded: boolean
  /** Ends the leg in whatever state it is; does nothing the second time. */
  hangUp(reason: HangupReason): Promise<void>
}
