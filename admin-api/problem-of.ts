import { StrowgerError, systemCodeOf } from '../core/errors.ts'
import type { ProblemCode } from './contracts/problems.ts'
import { Problem } from './problem.ts'

/** What an error of the layers below means to the one who asked. Every other error is ours: 500. */
const problemOfCode: Readonly<Record<string, ProblemCode>> = {
  'extension-taken': 'extension-taken',
  'email-taken': 'email-taken',
  'sip-username-taken': 'sip-username-taken',
  'not-found': 'not-found',
  'version-conflict': 'changed-meanwhile',
}

/** What Express and its body parser throw, by their `type`. */
const problemOfType: Readonly<Record<string, ProblemCode>> = {
  'entity.parse.failed': 'invalid-json',
  'entity.verify.failed': 'invalid-json',
  'entity.too.large': 'body-too-large',
  'encoding.unsupported': 'unsupported-media-type',
  'charset.unsupported': 'unsupported-media-type',
  'request.aborted': 'malformed-request',
  'request.size.invalid': 'malformed-request',
}

/** What Express throws for a path it cannot decode and for files it cannot send, by their `status`. */
const problemOfStatus: Readonly<Record<string, ProblemCode>> = {
  '400': 'malformed-request',
  '404': 'not-found',
  '416': 'range-not-satisfiable',
}

/**
 * The database cannot be reached, is locked by another program, or its disk is full: codes of Node, of SQLite, and the
 * SQLSTATEs of PostgreSQL for lost connections (08), no room (53) and shutdown (57P).
 */
const passingFailure =
  /^(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|SQLITE_(?:BUSY|FULL|IOERR|READONLY)|08\w{3}|53\w{3}|57P\w{2})$/

/** The one place where whatever was thrown becomes an answer. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  if (thrown instanceof StrowgerError) return problemOfOwn(thrown)
  const type = memberOf(thrown, 'type')
  const code = typeof type === 'string' ? problemOfType[type] : undefined
  if (code) return new Problem(code, undefined, { cause: thrown })
  if (passingFailure.test(systemCodeOf(thrown) ?? '') || nameOf(thrown) === 'KnexTimeoutError') {
    return new Problem('temporarily-unavailable', undefined, { cause: thrown })
  }
  const byStatus = problemOfStatus[String(memberOf(thrown, 'status'))]
  if (byStatus) return new Problem(byStatus, undefined, { cause: thrown })
  return new Problem('internal-error', undefined, { cause: thrown })
}

function problemOfOwn(error: StrowgerError): Problem {
  if (error.code === 'invalid-cursor') {
    const errors = [{ in: 'query', path: 'cursor', message: error.message }] as const
    return new Problem('invalid-request', error.message, { errors, cause: error })
  }
  const code = problemOfCode[error.code]
  if (!code) return new Problem('internal-error', undefined, { cause: error })
  return new Problem(code, error.message, { cause: error })
}

function memberOf(thrown: unknown, name: string): unknown {
  return typeof thrown === 'object' && thrown !== null && name in thrown
    ? (thrown as Record<string, unknown>)[name]
    : undefined
}

function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : ''
}
