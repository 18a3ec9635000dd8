import { test } from 'tap'
import { StrowgerError } from '../core/errors.ts'
import { InvalidCursor, NotFound, VersionConflict } from '../store/store-errors.ts'
import { problemOf } from './problem-of.ts'
import { Problem } from './problem.ts'

class Unheard extends StrowgerError {
  readonly code = 'unheard-of'
}

const coded = (code: string) => Object.assign(new Error('details of the house'), { code })
const typed = (type: string) => Object.assign(new Error('details of the house'), { type })

const table: readonly (readonly [thrown: unknown, code: string, status: number])[] = [
  [new Problem('forbidden'), 'forbidden', 403],
  [new NotFound('user', 'usr_1'), 'not-found', 404],
  [new VersionConflict('user', 'usr_1', 1, 2), 'changed-meanwhile', 412],
  [new InvalidCursor(), 'invalid-request', 400],
  [new Unheard('details of the house'), 'internal-error', 500],
  [typed('entity.parse.failed'), 'invalid-json', 400],
  [typed('entity.too.large'), 'body-too-large', 413],
  [typed('something.new'), 'internal-error', 500],
  [Object.assign(new URIError('%ff'), { status: 400 }), 'malformed-request', 400],
  [coded('ECONNREFUSED'), 'temporarily-unavailable', 503],
  [coded('SQLITE_FULL'), 'temporarily-unavailable', 503],
  [coded('57P01'), 'temporarily-unavailable', 503],
  [coded('23505'), 'internal-error', 500],
  [Object.assign(new Error('pool'), { name: 'KnexTimeoutError' }), 'temporarily-unavailable', 503],
  ['a string', 'internal-error', 500],
  [undefined, 'internal-error', 500],
  [null, 'internal-error', 500],
]

void test('whatever is thrown becomes a problem that tells no details of ours', (t) => {
  for (const [thrown, code, status] of table) {
    const problem = problemOf(thrown)
    t.equal(problem.code, code)
    t.equal(problem.status, status)
    const document = problem.toDocument('/x', 'req_1')
    t.notMatch(JSON.stringify(document), /details of the house|pool/)
    t.equal(document.type, `urn:strowger:problem:${code}`)
  }
  t.end()
})
