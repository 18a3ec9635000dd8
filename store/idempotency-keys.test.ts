import { randomBytes } from 'node:crypto'
import { test } from 'tap'
import { FakeClock } from '../core/fake-clock.ts'
import { openDatabase } from './database.ts'
import { keptMs } from './idempotency-keys.ts'

void test('a key belongs to one request, and its answer is kept for a day', async (t) => {
  const clock = new FakeClock()
  const database = await openDatabase({ url: 'sqlite::memory:', dataDir: t.testdir(), key: randomBytes(32), clock })
  t.teardown(() => database.close())
  const keys = database.idempotencyKeys

  t.strictSame(await keys.begin('k', 'one'), { kind: 'new' })
  t.strictSame(await keys.begin('k', 'one'), { kind: 'running' })
  t.strictSame(await keys.begin('k', 'two'), { kind: 'other-request' })
  await keys.abandon('k')
  t.strictSame(await keys.begin('k', 'two'), { kind: 'new' }, 'what was given back is free again')
  await keys.complete('k', 'done')
  await keys.abandon('k')
  t.strictSame(await keys.begin('k', 'two'), { kind: 'answered', answer: 'done' })
  t.strictSame(await keys.begin('k', 'one'), { kind: 'other-request' })

  await clock.advance(keptMs)
  t.equal(await keys.removeExpired(), 1)
  t.strictSame(await keys.begin('k', 'one'), { kind: 'new' })
  await clock.advance(60_000)
  t.strictSame(await keys.begin('k', 'one'), { kind: 'new' }, 'the first one must have died')
})

void test('of many that come together one begins', async (t) => {
  const database = await openDatabase({ url: 'sqlite::memory:', dataDir: t.testdir(), key: randomBytes(32) })
  t.teardown(() => database.close())
  const begun = await Promise.all(Array.from({ length: 20 }, () => database.idempotencyKeys.begin('k', 'one')))
  t.equal(begun.filter(({ kind }) => kind === 'new').length, 1)
  t.equal(begun.filter(({ kind }) => kind === 'running').length, 19)
})
