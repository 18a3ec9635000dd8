import { z } from 'zod'
import { contract } from './contract.ts'
import { idField, timeField } from './fields.ts'
import { userSchema } from './users.ts'

const tag = 'sessions'

export const sessionSchema = z
  .strictObject({
    id: idField('ses'),
    userId: idField('usr'),
    address: z.string(),
    userAgent: z.string(),
    isCurrent: z.boolean(),
    createdAt: timeField,
    lastUsedAt: timeField,
    expiresAt: timeField,
  })
  .meta({ id: 'Session' })
export type SessionView = z.output<typeof sessionSchema>

export const createSession = contract({
  id: 'createSession',
  method: 'POST',
  path: '/sessions',
  tag,
  summary: 'Logs in by e-mail address or extension; also sets a cookie for the web',
  access: 'public',
  body: z.strictObject({
    login: z.string().trim().min(1, 'must not be empty').max(254, 'must have at most 254 characters'),
    password: z.string().min(1, 'must not be empty').max(200, 'must have at most 200 characters'),
  }),
  answer: { status: 201, schema: z.strictObject({ token: z.string(), expiresAt: timeField, user: userSchema }) },
  problems: ['wrong-credentials', 'too-many-attempts', 'cross-site-request'],
  isNeverReplayed: true,
})

export const getCurrentSession = contract({
  id: 'getCurrentSession',
  method: 'GET',
  path: '/sessions/current',
  tag,
  summary: 'Who is logged in here; not for API keys',
  access: { role: 'user', scope: 'read' },
  answer: { status: 200, schema: z.strictObject({ session: sessionSchema, user: userSchema }) },
  problems: ['not-found'],
})

export const deleteCurrentSession = contract({
  id: 'deleteCurrentSession',
  method: 'DELETE',
  path: '/sessions/current',
  tag,
  summary: 'Logs out here',
  access: { role: 'user', scope: 'read' },
  answer: { status: 204 },
  problems: ['not-found'],
})

export const listSessions = contract({
  id: 'listSessions',
  method: 'GET',
  path: '/sessions',
  tag,
  summary: 'One’s own sessions, newest first',
  access: { role: 'user', scope: 'read' },
  answer: { status: 200, schema: z.strictObject({ items: z.array(sessionSchema), next: z.null() }) },
})

export const deleteSession = contract({
  id: 'deleteSession',
  method: 'DELETE',
  path: '/sessions/{id}',
  tag,
  summary: 'Ends one of one’s own sessions',
  access: { role: 'user', scope: 'write' },
  params: z.strictObject({ id: idField('ses') }),
  answer: { status: 204 },
  problems: ['not-found'],
})

export const sessionContracts = [
  createSession,
  getCurrentSession,
  deleteCurrentSession,
  listSessions,
  deleteSession,
] as const
