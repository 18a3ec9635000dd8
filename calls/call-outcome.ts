import type { DeviceId, UserId, VoicemailId } from '../core/ids.ts'
import type { Rejection } from '../routing/route-decision.ts'
import type { UnansweredReason } from '../sip/agent/rejection.ts'
import type { CallOutcome as RecordedOutcome } from '../store/call-record.ts'

export type EndedBy = 'caller' | 'callee' | 'system'

/** How a call ended: one value that the record, the metrics, the log and the SIP answer all read. */
export type CallOutcome =
  | {
      readonly kind: 'answered'
      readonly by: { userId: UserId; deviceId: DeviceId } | 'exchange'
      readonly endedBy: EndedBy
    }
  | { readonly kind: 'voicemail'; readonly voicemailId: VoicemailId | undefined; readonly endedBy: EndedBy }
  | { readonly kind: 'unanswered'; readonly reason: UnansweredReason }
  | { readonly kind: 'cancelled'; readonly endedBy: 'caller' | 'system' }
  | { readonly kind: 'rejected'; readonly reason: Rejection }
  | { readonly kind: 'failed'; readonly reason: string }

/** What the caller is told when the call was never answered. */
export function rejectionOf(outcome: CallOutcome): Rejection {
  switch (outcome.kind) {
    case 'unanswered':
    case 'rejected':
      return outcome.reason
    case 'cancelled':
      return 'no-answer'
    case 'answered':
    case 'voicemail':
    case 'failed':
      return 'failed'
  }
}

/** The one word that the history keeps. */
export function recordedOutcomeOf(outcome: CallOutcome): RecordedOutcome {
  switch (outcome.kind) {
    case 'answered':
    case 'voicemail':
    case 'cancelled':
    case 'rejected':
    case 'failed':
      return outcome.kind
    case 'unanswered':
      // The history knows no codecs: to the people involved the place could not be reached.
      return outcome.reason === 'no-common-codec' ? 'failed' : outcome.reason
  }
}

/** What becomes of a leg that still stood when the call ended. */
export const legOutcomeOf = recordedOutcomeOf
