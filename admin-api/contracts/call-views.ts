import { z } from 'zod'
import { idField, timeField } from './fields.ts'

export const callDirections = ['internal', 'inbound', 'outbound'] as const

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

const qualitySchema = z
  .strictObject({
    packetsReceived: z.number().optional(),
    packetsLost: z.number().optional(),
    jitterMs: z.number().optional(),
    roundTripMs: z.number().optional(),
    mos: z.number().optional().describe('Estimated mean opinion score, 1 to 5'),
  })
  .meta({ id: 'CallQuality' })

const parties = {
  fromNumber: z.string(),
  fromName: z.string(),
  fromUserId: idField('usr').nullable(),
  toNumber: z.string(),
  toUserId: idField('usr').nullable(),
}

const summary = {
  id: idField('call'),
  direction: z.enum(callDirections),
  ...parties,
  startedAt: timeField,
  ringingAt: timeField.nullable(),
  answeredAt: timeField.nullable(),
  endedAt: timeField.nullable(),
  durationSeconds: z.number().nullable().describe('From answer to end; null when it was not answered or still runs'),
  answeredByUserId: idField('usr').nullable(),
  answeredByDeviceId: idField('dev').nullable(),
  outcome: z.enum(callOutcomes).nullable().describe('null while the call runs'),
  reason: z.string().nullable(),
  endedBy: z.enum(['caller', 'callee', 'system']).nullable(),
  voicemailId: idField('vm').nullable(),
  quality: qualitySchema.nullable(),
}

export const callSchema = z.strictObject(summary).meta({ id: 'Call' })

const legSchema = z
  .strictObject({
    id: idField('leg'),
    role: z.enum(['caller', 'callee']),
    sipCallId: z.string(),
    userId: idField('usr').nullable(),
    deviceId: idField('dev').nullable(),
    contact: z.string().nullable(),
    startedAt: timeField,
    ringingAt: timeField.nullable(),
    answeredAt: timeField.nullable(),
    endedAt: timeField.nullable(),
    outcome: z
      .enum([...callOutcomes, 'elsewhere'])
      .nullable()
      .describe('null while the leg lives'),
    sipStatus: z.int().nullable(),
    quality: qualitySchema.nullable(),
  })
  .meta({ id: 'CallLeg' })

const ladderEntrySchema = z
  .strictObject({
    at: timeField,
    from: z.string().describe('address:port'),
    to: z.string(),
    protocol: z.string(),
    summary: z.string().describe('The start line'),
    sipCallId: z.string(),
    cseq: z.string(),
    message: z.string().nullable(),
  })
  .meta({ id: 'LadderEntry' })

export const callDetailSchema = z
  .strictObject({
    ...summary,
    legs: z.array(legSchema),
    decisions: z.array(z.string()),
    ladder: z.array(ladderEntrySchema).describe('The SIP messages of the call in the order of time'),
  })
  .meta({ id: 'CallDetail' })

export const liveCallSchema = z
  .strictObject({
    id: idField('call'),
    direction: z.enum(callDirections),
    state: z.string(),
    ...parties,
    startedAt: timeField,
    answeredAt: timeField.nullable(),
  })
  .meta({ id: 'LiveCall' })

export type CallView = z.output<typeof callSchema>
export type CallDetailView = z.output<typeof callDetailSchema>
export type LiveCallView = z.output<typeof liveCallSchema>
