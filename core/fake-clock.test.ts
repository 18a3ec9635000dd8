import { test } from 'tap'
import { FakeClock } from './fake-clock.ts'

void test('timers run in order of their time, repeated ones again and again', async (t) => {
  const clock = new FakeClock()
  const seen: string[] = []
  clock.after(20, () => seen.push('20'))
  clock.after(10, () => seen.push('10'))
  const tick = clock.every(15, () => seen.push('tick'))
  const cancelled = clock.after(5, () => seen.push('never'))
  cancelled.cancel()
  await clock.advance(30)
  t.strictSame(seen, ['10', 'tick', '20', 'tick'])
  tick.cancel()
  t.equal(clock.pending, 0)
})

void test('sleep ends on time or with the signal', async (t) => {
  const clock = new FakeClock()
  const before = clock.now()
  const slept = clock.sleep(1000)
  await clock.advance(1000)
  await slept
  t.equal(clock.now() - before, 1000)

  const abort = new AbortController()
  const interrupted = clock.sleep(1000, abort.signal)
  abort.abort(new Error('enough'))
  await t.rejects(interrupted, { message: 'enough' })
  t.equal(clock.pending, 0)
})
