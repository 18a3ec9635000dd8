import { z } from 'zod'
import { callDetailSchema, callSchema, liveCallSchema } from './call-views.ts'
import { contract } from './contract.ts'
import { idField, textField, timeInQuery } from './fields.ts'
import { pageOf, pagingQuery } from './page.ts'

const tag = 'calls'
const params = z.strictObject({ id: idField('call') })

export const callListTypes = ['all', 'missed', 'answered', 'outgoing', 'voicemail'] as const

export const listCalls = contract({
  id: 'listCalls',
  method: 'GET',
  path: '/calls',
  tag,
  summary: 'Call history, newest first; a plain user sees his own',
  access: { role: 'user', scope: 'read' },
  query: z.strictObject({
    ...pagingQuery,
    type: z.enum(callListTypes, `must be one of ${callListTypes.join(', ')}`).default('all'),
    userId: idField('usr').optional(),
    search: textField(100).optional().describe('Part of a number or a name'),
    from: timeInQuery.optional().describe('Calls that began at this time or later'),
    to: timeInQuery.optional().describe('Calls that began before this time'),
  }),
  answer: { status: 200, schema: pageOf(callSchema) },
})

export const listLiveCalls = contract({
  id: 'listLiveCalls',
  method: 'GET',
  path: '/calls/live',
  tag,
  summary: 'What runs now; a plain user sees his own',
  access: { role: 'user', scope: 'read' },
  answer: { status: 200, schema: z.strictObject({ items: z.array(liveCallSchema), next: z.null() }) },
})

export const getCall = contract({
  id: 'getCall',
  method: 'GET',
  path: '/calls/{id}',
  tag,
  summary: 'One call with its legs, decisions and SIP ladder',
  access: { role: 'user', scope: 'read' },
  params,
  answer: { status: 200, schema: callDetailSchema },
  problems: ['not-found'],
})

export const hangUpCall = contract({
  id: 'hangUpCall',
  method: 'POST',
  path: '/calls/{id}/hangup',
  tag,
  summary: 'Ends a call that runs; a plain user his own',
  access: { role: 'user', scope: 'write' },
  params,
  answer: { status: 204 },
  problems: ['not-found', 'call-not-live'],
})

export const callContracts = [listCalls, listLiveCalls, getCall, hangUpCall] as const
