import { test } from 'tap'
import { FakeClock } from '../../../core/fake-clock.ts'
import { TimerQueue } from './timer-queue.ts'

function queue() {
  const clock = new FakeClock()
  const failures: string[] = []
  const timers = new TimerQueue(clock, ({ message }) => failures.push(message))
  const fired: string[] = []
  const set = (ms: number, name = String(ms)) => timers.after(ms, () => fired.push(`${clock.monotonicMs()} ${name}`))
  return { clock, timers, failures, fired, set }
}

void test('timers fire on time and in order, whatever their durations', async (t) => {
  const { clock, fired, set } = queue()
  set(500)
  set(32_000)
  set(100)
  await clock.advance(50)
  set(100, 'second 100')
  await clock.advance(32_000)
  t.strictSame(fired, ['100 100', '150 second 100', '500 500', '32000 32000'])
  t.equal(clock.pending, 0)
})

void test('cancelled timers do not fire, first, last or in the middle', async (t) => {
  const { clock, timers, fired, set } = queue()
  const all = ['a', 'b', 'c', 'd', 'e'].map((name) => set(500, name))
  for (const at of [0, 2, 4]) all[at]?.cancel()
  all[2]?.cancel()
  t.equal(timers.size, 2)
  await clock.advance(500)
  t.strictSame(fired, ['500 b', '500 d'])
  all[1]?.cancel()
  t.equal(timers.size, 0)
})

void test('one timer of the clock serves all; those close together share a wake-up, late and never early', async (t) => {
  const { clock, fired, set } = queue()
  for (let ms = 100; ms < 110; ms++) set(ms)
  t.equal(clock.pending, 1)
  await clock.advance(200)
  t.equal(fired.length, 10)
  for (const line of fired) {
    const [at = 0, due = 0] = line.split(' ').map(Number)
    t.ok(at >= due && at <= due + 5, line)
  }
})

void test('a timer may set and cancel others while it fires', async (t) => {
  const { clock, timers, fired, set } = queue()
  const victim = set(20)
  timers.after(10, () => {
    victim.cancel()
    set(10, 'later')
    set(0, 'soon')
  })
  await clock.advance(100)
  t.strictSame(
    fired.map((line) => line.split(' ')[1]),
    ['soon', 'later'],
  )
})

void test('one that throws does not hold up the others', async (t) => {
  const { clock, timers, failures, fired, set } = queue()
  timers.after(10, () => {
    throw new Error('oh')
  })
  set(10)
  set(20)
  await clock.advance(100)
  t.strictSame(failures, ['oh'])
  t.equal(fired.length, 2)
})

void test('closed, nothing fires', async (t) => {
  const { clock, timers, fired, set } = queue()
  set(10)
  timers.close()
  await clock.advance(100)
  t.strictSame(fired, [])
  t.equal(clock.pending, 0)
})
