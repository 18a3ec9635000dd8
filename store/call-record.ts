import { z } from 'zod'
import type { CallId, DeviceId, LegId, SipCallId, UserId, VoicemailId } from '../core/ids.ts'

export const callDirections = ['internal', 'inbound', 'outbound'] as const
export type CallDirection = (typeof callDirections)[number]

export const callOutcomes = [
  'answered',
  'voicemail',
  'no-answer',
  'busy',
  'declined',
  'unreachable',
  'cancelled',
  'rejected',
  'failed',
  'interrupted',
] as const
export type CallOutcome = (typeof callOutcomes)[number]

export const callEnders = ['caller', 'callee', 'system'] as const
export type CallEnder = (typeof callEnders)[number]

export const legRoles = ['caller', 'callee'] as const
export type LegRole = (typeof legRoles)[number]

/** What became of a leg: a call's outcome, or `elsewhere` when another device answered first. */
export const legOutcomes = [...callOutcomes, 'elsewhere'] as const
export type LegOutcome = (typeof legOutcomes)[number]

export const qualitySchema = z.object({
  packetsReceived: z.number().optional(),
  packetsLost: z.number().optional(),
  jitterMs: z.number().optional(),
  roundTripMs: z.number().optional(),
  /** Estimated mean opinion score, 1 to 5. */
  mos: z.number().optional(),
})
export type CallQuality = Readonly<z.infer<typeof qualitySchema>>

export const ladderEntrySchema = z.object({
  atMs: z.number(),
  /** `address:port`. */
  from: z.string(),
  to: z.string(),
  protocol: z.string(),
  /** The start line. */
  summary: z.string(),
  sipCallId: z.string(),
  /** As in the header: `1 INVITE`. */
  cseq: z.string(),
  /** The whole message, when it is kept. */
  message: z.string().optional(),
})
export type LadderEntry = Readonly<z.infer<typeof ladderEntrySchema>>

export interface CallLeg {
  readonly id: LegId
  readonly role: LegRole
  readonly sipCallId: SipCallId
  readonly userId?: UserId | undefined
  readonly deviceId?: DeviceId | undefined
  readonly contact?: string | undefined
  readonly startedAtMs: number
  readonly ringingAtMs?: number | undefined
  readonly answeredAtMs?: number | undefined
  readonly endedAtMs?: number | undefined
  /** Undefined while the leg lives. */
  readonly outcome?: LegOutcome | undefined
  /** The final status of its INVITE. */
  readonly sipStatus?: number | undefined
  readonly quality?: CallQuality | undefined
}

/** A call as lists show it. */
export interface CallSummary {
  readonly id: CallId
  readonly direction: CallDirection
  readonly fromNumber: string
  readonly fromName: string
  readonly fromUserId?: UserId | undefined
  readonly toNumber: string
  readonly toUserId?: UserId | undefined
  readonly startedAtMs: number
  readonly ringingAtMs?: number | undefined
  readonly answeredAtMs?: number | undefined
  readonly endedAtMs?: number | undefined
  readonly answeredByUserId?: UserId | undefined
  readonly answeredByDeviceId?: DeviceId | undefined
  /** Undefined while the call lives. */
  readonly outcome?: CallOutcome | undefined
  /** Why, for people: such as `486 Busy Here`. */
  readonly reason?: string | undefined
  readonly endedBy?: CallEnder | undefined
  readonly voicemailId?: VoicemailId | undefined
  readonly quality?: CallQuality | undefined
}

/** A call with all that is known of it. */
export interface Call extends CallSummary {
  readonly legs: readonly CallLeg[]
  readonly decisions: readonly string[]
  readonly ladder: readonly LadderEntry[]
}

export interface NewCall {
  /** Made with `newId('call')` by whoever runs the call. */
  readonly id: CallId
  readonly direction: CallDirection
  readonly fromNumber: string
  readonly fromName: string
  readonly fromUserId?: UserId | undefined
  readonly toNumber: string
  readonly toUserId?: UserId | undefined
  readonly startedAtMs: number
  readonly decisions?: readonly string[] | undefined
  readonly legs?: readonly CallLeg[] | undefined
}

/**
 * What is newly known of a call. Fields left out or undefined stay as they are; a leg replaces the stored one with the
 * same id; `decisions` and `ladder` replace the stored lists.
 */
export interface CallPatch {
  readonly direction?: CallDirection | undefined
  readonly fromName?: string | undefined
  readonly fromUserId?: UserId | undefined
  readonly toUserId?: UserId | undefined
  readonly ringingAtMs?: number | undefined
  readonly answeredAtMs?: number | undefined
  readonly answeredByUserId?: UserId | undefined
  readonly answeredByDeviceId?: DeviceId | undefined
  readonly reason?: string | undefined
  readonly endedBy?: CallEnder | undefined
  readonly voicemailId?: VoicemailId | undefined
  readonly quality?: CallQuality | undefined
  readonly legs?: readonly CallLeg[] | undefined
  readonly decisions?: readonly string[] | undefined
  readonly ladder?: readonly LadderEntry[] | undefined
}

/** How a call ended, with whatever else became known. */
export interface CallEnd extends CallPatch {
  readonly outcome: CallOutcome
  readonly endedAtMs: number
}

export const callListTypes = ['all', 'missed', 'answered', 'outgoing', 'voicemail'] as const
export type CallListType = (typeof callListTypes)[number]
