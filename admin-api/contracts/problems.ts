import { z } from 'zod'

/** Every problem the API answers with: its HTTP status and its title (RFC 9457 section 3.1). */
export const problems = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'invalid-json': { status: 400, title: 'The body is not valid JSON' },
  'malformed-request': { status: 400, title: 'The request could not be read' },
  'not-authenticated': { status: 401, title: 'Authentication is needed' },
  'wrong-credentials': { status: 401, title: 'Login or password is wrong' },
  forbidden: { status: 403, title: 'Not allowed' },
  'cross-site-request': { status: 403, title: 'Request from another site' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'extension-taken': { status: 409, title: 'The extension is in use' },
  'email-taken': { status: 409, title: 'The e-mail address is in use' },
  'sip-username-taken': { status: 409, title: 'The SIP user name is in use' },
  'last-owner': { status: 409, title: 'There must be an owner' },
  'call-not-live': { status: 409, title: 'The call is over' },
  'request-in-progress': { status: 409, title: 'The same request is still being worked on' },
  'changed-meanwhile': { status: 412, title: 'Changed by somebody else meanwhile' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be JSON in UTF-8' },
  'range-not-satisfiable': { status: 416, title: 'The requested range does not exist' },
  'idempotency-key-reused': { status: 422, title: 'The idempotency key belongs to another request' },
  'too-many-attempts': { status: 429, title: 'Too many attempts' },
  'internal-error': { status: 500, title: 'Something went wrong' },
  'temporarily-unavailable': { status: 503, title: 'Temporarily unavailable' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problems

/** What every route may answer with, whatever else it names. */
export const commonProblems = [
  'invalid-request',
  'malformed-request',
  'internal-error',
  'temporarily-unavailable',
] as const satisfies readonly ProblemCode[]

export const fieldErrorSchema = z.strictObject({
  in: z.enum(['body', 'query', 'path', 'header']),
  path: z.string().describe('The field, with dots between levels; empty for the whole'),
  message: z.string(),
})
export type FieldError = z.output<typeof fieldErrorSchema>

/** A problem document (RFC 9457), `application/problem+json`. */
export const problemSchema = z
  .strictObject({
    type: z.string().describe('urn:strowger:problem: and the code'),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    instance: z.string().describe('The path that was asked for'),
    code: z.string(),
    requestId: z.string().describe('The same as in the header x-request-id and in the log'),
    errors: z.array(fieldErrorSchema).optional(),
  })
  .meta({ id: 'Problem' })
export type ProblemDocument = z.output<typeof problemSchema>
