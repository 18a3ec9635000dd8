/** Why a call is turned away: the words that `calls/` uses. */
export type RejectionReason =
  | 'unknown-number'
  | 'not-allowed'
  | 'busy'
  | 'unreachable'
  | 'no-answer'
  | 'declined'
  | 'no-common-codec'
  | 'overloaded'
  | 'failed'

/** The only place where a reason becomes a number (RFC 3261 21). */
export const sipStatusOf = {
  'unknown-number': 404,
  'not-allowed': 403,
  busy: 486,
  unreachable: 480,
  'no-answer': 480,
  declined: 603,
  'no-common-codec': 488,
  overloaded: 503,
  failed: 500,
} as const satisfies Record<RejectionReason, number>

/** How a place that was rung did not take the call. */
export type UnansweredReason = 'busy' | 'declined' | 'unreachable' | 'no-answer' | 'no-common-codec'

/** And the only place where a number becomes a reason. */
export function unansweredReasonOf(status: number): UnansweredReason {
  switch (status) {
    case 486:
    case 600:
      return 'busy'
    case 603:
    case 607:
      return 'declined'
    case 487:
      return 'no-answer'
    case 415:
    case 488:
    case 606:
      return 'no-common-codec'
    default:
      return 'unreachable'
  }
}
