import type { Call, CallLeg, CallSummary, LadderEntry } from '../../store/call-record.ts'
import type { CallDetailView, CallView, LiveCallView } from '../contracts/call-views.ts'
import type { LiveCall } from '../live-parts.ts'
import { isoTime, optionalIsoTime } from './iso-time.ts'

export function callView(call: CallSummary): CallView {
  return {
    ...partiesView(call),
    ringingAt: optionalIsoTime(call.ringingAtMs),
    endedAt: optionalIsoTime(call.endedAtMs),
    durationSeconds: durationSeconds(call),
    answeredByUserId: call.answeredByUserId ?? null,
    answeredByDeviceId: call.answeredByDeviceId ?? null,
    outcome: call.outcome ?? null,
    reason: call.reason ?? null,
    endedBy: call.endedBy ?? null,
    voicemailId: call.voicemailId ?? null,
    quality: call.quality ?? null,
  }
}

export function liveCallView(call: LiveCall): LiveCallView {
  return { ...partiesView(call), state: call.state }
}

/** @param showsMessages whole SIP messages hold digests of passwords: not for everybody */
export function callDetailView(call: Call, showsMessages: boolean): CallDetailView {
  return {
    ...callView(call),
    legs: call.legs.map(legView),
    decisions: [...call.decisions],
    ladder: call.ladder.map((entry) => ladderEntryView(entry, showsMessages)),
  }
}

function partiesView(call: CallSummary | LiveCall) {
  return {
    id: call.id,
    direction: call.direction,
    fromNumber: call.fromNumber,
    fromName: call.fromName,
    fromUserId: call.fromUserId ?? null,
    toNumber: call.toNumber,
    toUserId: call.toUserId ?? null,
    startedAt: isoTime(call.startedAtMs),
    answeredAt: optionalIsoTime(call.answeredAtMs),
  }
}

function durationSeconds({ answeredAtMs, endedAtMs }: CallSummary): number | null {
  return answeredAtMs === undefined || endedAtMs === undefined ? null : (endedAtMs - answeredAtMs) / 1000
}

function legView(leg: CallLeg): CallDetailView['legs'][number] {
  return {
    id: leg.id,
    role: leg.role,
    sipCallId: leg.sipCallId,
    userId: leg.userId ?? null,
    deviceId: leg.deviceId ?? null,
    contact: leg.contact ?? null,
    startedAt: isoTime(leg.startedAtMs),
    ringingAt: optionalIsoTime(leg.ringingAtMs),
    answeredAt: optionalIsoTime(leg.answeredAtMs),
    endedAt: optionalIsoTime(leg.endedAtMs),
    outcome: leg.outcome ?? null,
    sipStatus: leg.sipStatus ?? null,
    quality: leg.quality ?? null,
  }
}

function ladderEntryView(entry: LadderEntry, showsMessages: boolean): CallDetailView['ladder'][number] {
  const { atMs, message, from, to, protocol, summary, sipCallId, cseq } = entry
  return {
    at: isoTime(atMs),
    from,
    to,
    protocol,
    summary,
    sipCallId,
    cseq,
    message: showsMessages ? (message ?? null) : null,
  }
}
