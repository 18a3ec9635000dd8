import { z } from 'zod'
import { contract } from './contract.ts'
import { idField, timeField } from './fields.ts'
import { pageOf, pagingQuery } from './page.ts'

const tag = 'voicemails'
const params = z.strictObject({ id: idField('vm') })

export const voicemailSchema = z
  .strictObject({
    id: idField('vm'),
    userId: idField('usr').describe('Whose mailbox it lies in'),
    fromNumber: z.string(),
    fromName: z.string(),
    callId: idField('call').nullable(),
    durationSeconds: z.number(),
    bytes: z.int(),
    receivedAt: timeField,
    heardAt: timeField.nullable(),
    audioUrl: z.string().describe('Path of the recording below this server'),
  })
  .meta({ id: 'Voicemail' })
export type VoicemailView = z.output<typeof voicemailSchema>

export const listVoicemails = contract({
  id: 'listVoicemails',
  method: 'GET',
  path: '/voicemails',
  tag,
  summary: 'Voicemails, newest first: one’s own, or of the user that an administrator names',
  access: { role: 'user', scope: 'read' },
  query: z.strictObject({ ...pagingQuery, userId: idField('usr').optional() }),
  answer: { status: 200, schema: pageOf(voicemailSchema) },
})

export const getVoicemail = contract({
  id: 'getVoicemail',
  method: 'GET',
  path: '/voicemails/{id}',
  tag,
  summary: 'One voicemail',
  access: { role: 'user', scope: 'read' },
  params,
  answer: { status: 200, schema: voicemailSchema },
  problems: ['not-found'],
})

export const getVoicemailAudio = contract({
  id: 'getVoicemailAudio',
  method: 'GET',
  path: '/voicemails/{id}/audio',
  tag,
  summary: 'The recording as WAV, whole or by Range',
  access: { role: 'user', scope: 'read' },
  params,
  answer: { status: 200, mediaType: 'audio/wav' },
  problems: ['not-found', 'range-not-satisfiable'],
})

export const updateVoicemail = contract({
  id: 'updateVoicemail',
  method: 'PATCH',
  path: '/voicemails/{id}',
  tag,
  summary: 'Marks a voicemail heard or unheard',
  access: { role: 'user', scope: 'write' },
  params,
  body: z.strictObject({ isHeard: z.boolean('must be true or false') }),
  answer: { status: 200, schema: voicemailSchema },
  problems: ['not-found'],
})

export const deleteVoicemail = contract({
  id: 'deleteVoicemail',
  method: 'DELETE',
  path: '/voicemails/{id}',
  tag,
  summary: 'Removes a voicemail with its recording',
  access: { role: 'user', scope: 'write' },
  params,
  answer: { status: 204 },
  problems: ['not-found'],
})

export const voicemailContracts = [
  listVoicemails,
  getVoicemail,
  getVoicemailAudio,
  updateVoicemail,
  deleteVoicemail,
] as const
