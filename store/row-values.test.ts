import { test } from 'tap'
import { z } from 'zod'
import { columnsOf } from './columns-of.ts'
import { parseDatabaseUrl } from './database-url.ts'
import { isRefusedValue } from './refused-value.ts'
import { retryDelayMs } from './retry-delay.ts'
import { RowReader } from './row-reader.ts'
import { containsPattern, searchKey } from './search-key.ts'
import { hashToken, newToken } from './token.ts'
import { uniqueViolation } from './constraint-violation.ts'

void test('fields become columns', async (t) => {
  const fields = { id: 'a', sipUsername: 'x', atMs: 1, none: null, absent: undefined, path: ['a'], isOn: true }
  t.same(columnsOf(fields), { id: 'a', sip_username: 'x', at_ms: 1, none: null, path: '["a"]', is_on: 'true' })
})

void test('columns become values, what does not fit is named', async (t) => {
  const row = {
    text: 'x',
    big: '1790000000000',
    whole: 7,
    part: 0.5,
    none: null,
    list: '["a"]',
    broken: '[',
    huge: '9'.repeat(20),
  }
  const read = new RowReader('calls', row)
  t.equal(read.text('text'), 'x')
  t.equal(read.integer('big'), 1_790_000_000_000)
  t.equal(read.integer('whole'), 7)
  t.equal(read.real('part'), 0.5)
  t.equal(read.oneOf('text', ['x', 'y']), 'x')
  t.same(read.json('list', z.array(z.string())), ['a'])
  t.equal(read.optionalText('none'), undefined)
  t.equal(read.optionalText('absent'), undefined)
  t.equal(read.optionalInteger('none'), undefined)
  t.equal(read.optionalOneOf('none', ['x']), undefined)
  t.equal(read.optionalJson('none', z.unknown()), undefined)
  const wrong: readonly [() => unknown, string][] = [
    [() => read.text('whole'), 'column whole of a row in calls is not text'],
    [() => read.text('none'), 'column none of a row in calls is not text'],
    [() => read.integer('part'), 'column part of a row in calls is not a whole number'],
    [() => read.integer('text'), 'column text of a row in calls is not a whole number'],
    [() => read.integer('huge'), 'column huge of a row in calls is not a whole number'],
    [() => read.real('text'), 'column text of a row in calls is not a number'],
    [() => read.oneOf('text', ['y', 'z']), 'column text of a row in calls is not one of y, z'],
    [() => read.json('broken', z.unknown()), 'column broken of a row in calls is not the JSON expected there'],
    [() => read.json('list', z.string()), 'column list of a row in calls is not the JSON expected there'],
  ]
  for (const [use, message] of wrong) t.throws(use, { code: 'corrupt-row', message })
})

void test('what makes two names alike in a search', async (t) => {
  t.equal(searchKey('  Ångström\t ÉMILE  '), 'angstrom emile')
  t.equal(searchKey('Straße'), 'straße')
  t.equal(containsPattern('50%_\\'), '%50\\%\\_\\\\%')
})

void test('delays of retries', async (t) => {
  t.same([0, 1, 2, 3, 10, 11, 50].map(retryDelayMs), [5_000, 5_000, 10_000, 20_000, 2_560_000, 3_600_000, 3_600_000])
})

void test('tokens', async (t) => {
  const { token, tokenHash } = newToken('session')
  t.match(token, /^sts_[\w-]{43}$/)
  t.match(newToken('api-key').token, /^stk_/)
  t.equal(hashToken(token), tokenHash)
  t.match(tokenHash, /^[0-9a-f]{64}$/)
  t.not(newToken('session').token, token)
})

void test('database URLs', async (t) => {
  t.match(parseDatabaseUrl('sqlite:a.db', '/data'), { kind: 'sqlite', file: '/data/a.db', where: '/data/a.db' })
  t.match(parseDatabaseUrl('sqlite:/var/a.db', '/data'), { file: '/var/a.db' })
  t.match(parseDatabaseUrl('sqlite:///var/a.db', '/data'), { file: '/var/a.db' })
  t.match(parseDatabaseUrl('sqlite::memory:', '/data'), { file: ':memory:' })
  t.match(parseDatabaseUrl('postgresql://me:pw@db/x', '/'), { kind: 'postgres', where: 'postgres://me@db:5432/x' })
  t.match(parseDatabaseUrl('postgres:///x?host=/run/pg', '/'), { where: 'postgres:///run/pg:5432/x' })
  for (const url of ['', 'sqlite', 'sqlite:', 'http://x', '/a.db']) t.throws(() => parseDatabaseUrl(url, '/'), url)
})

void test('which errors of the databases mean what', async (t) => {
  const error = (code: string, message = '', more = {}) => Object.assign(new Error(message), { code }, more)
  t.equal(uniqueViolation(error('23505', '', { constraint: 'users_email_unique' })), 'users_email_unique')
  t.equal(uniqueViolation(error('SQLITE_CONSTRAINT', 'x - SQLITE_CONSTRAINT: UNIQUE constraint failed: a.b')), 'a.b')
  t.equal(uniqueViolation(error('SQLITE_CONSTRAINT', 'FOREIGN KEY constraint failed')), undefined)
  t.equal(uniqueViolation(error('23503')), undefined)
  t.equal(uniqueViolation('x'), undefined)
  for (const code of ['22021', '23503', 'SQLITE_CONSTRAINT', 'SQLITE_TOOBIG']) t.ok(isRefusedValue(error(code)), code)
  for (const code of ['ECONNREFUSED', '57P01', 'SQLITE_BUSY', 'SQLITE_FULL', ''])
    t.notOk(isRefusedValue(error(code)), code)
})
