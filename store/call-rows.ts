import { z } from 'zod'
import type { CallId, DeviceId, LegId, SipCallId, UserId, VoicemailId } from '../core/ids.ts'
import {
  callDirections,
  callEnders,
  callOutcomes,
  ladderEntrySchema,
  legOutcomes,
  legRoles,
  qualitySchema,
  type Call,
  type CallLeg,
  type CallSummary,
} from './call-record.ts'
import { columnsOf, type ColumnValue } from './columns-of.ts'
import { RowReader, type RawRow } from './row-reader.ts'
import { searchKey } from './search-key.ts'

const decisionsSchema = z.array(z.string())
const ladderSchema = z.array(ladderEntrySchema)

type CallFields = { readonly [Field in keyof CallSummary]?: CallSummary[Field] | undefined } & {
  readonly decisions?: readonly string[] | undefined
}

export function callColumns(fields: CallFields): Record<string, ColumnValue> {
  const fromNameKey = fields.fromName === undefined ? undefined : searchKey(fields.fromName)
  return columnsOf({ ...fields, fromNameKey })
}

/** All columns of a leg, absent ones as null, so that a leg that is written again replaces the row before. */
export function legColumns(callId: CallId, leg: CallLeg): Record<string, ColumnValue> {
  return columnsOf({
    ...leg,
    callId,
    userId: leg.userId ?? null,
    deviceId: leg.deviceId ?? null,
    contact: leg.contact ?? null,
    ringingAtMs: leg.ringingAtMs ?? null,
    answeredAtMs: leg.answeredAtMs ?? null,
    endedAtMs: leg.endedAtMs ?? null,
    outcome: leg.outcome ?? null,
    sipStatus: leg.sipStatus ?? null,
    quality: leg.quality ?? null,
  })
}

export function parseSummary(row: RawRow): CallSummary {
  const read = new RowReader('calls', row)
  return {
    id: read.text<CallId>('id'),
    direction: read.oneOf('direction', callDirections),
    fromNumber: read.text('from_number'),
    fromName: read.text('from_name'),
    fromUserId: read.optionalText<UserId>('from_user_id'),
    toNumber: read.text('to_number'),
    toUserId: read.optionalText<UserId>('to_user_id'),
    startedAtMs: read.integer('started_at_ms'),
    ringingAtMs: read.optionalInteger('ringing_at_ms'),
    answeredAtMs: read.optionalInteger('answered_at_ms'),
    endedAtMs: read.optionalInteger('ended_at_ms'),
    answeredByUserId: read.optionalText<UserId>('answered_by_user_id'),
    answeredByDeviceId: read.optionalText<DeviceId>('answered_by_device_id'),
    outcome: read.optionalOneOf('outcome', callOutcomes),
    reason: read.optionalText('reason'),
    endedBy: read.optionalOneOf('ended_by', callEnders),
    voicemailId: read.optionalText<VoicemailId>('voicemail_id'),
    quality: read.optionalJson('quality', qualitySchema),
  }
}

/** @param row a row of `calls` with the entries of `call_ladders` as `ladder` */
export function parseCall(row: RawRow, legs: readonly CallLeg[]): Call {
  const read = new RowReader('calls', row)
  return {
    ...parseSummary(row),
    legs,
    decisions: read.json('decisions', decisionsSchema),
    ladder: read.optionalJson('ladder', ladderSchema) ?? [],
  }
}

export function parseLeg(row: RawRow): CallLeg {
  const read = new RowReader('call_legs', row)
  return {
    id: read.text<LegId>('id'),
    role: read.oneOf('role', legRoles),
    sipCallId: read.text<SipCallId>('sip_call_id'),
    userId: read.optionalText<UserId>('user_id'),
    deviceId: read.optionalText<DeviceId>('device_id'),
    contact: read.optionalText('contact'),
    startedAtMs: read.integer('started_at_ms'),
    ringingAtMs: read.optionalInteger('ringing_at_ms'),
    answeredAtMs: read.optionalInteger('answered_at_ms'),
    endedAtMs: read.optionalInteger('ended_at_ms'),
    outcome: read.optionalOneOf('outcome', legOutcomes),
    sipStatus: read.optionalInteger('sip_status'),
    quality: read.optionalJson('quality', qualitySchema),
  }
}
