import { test } from 'tap'
import { Bench } from '../transaction/test-harness.ts'
import { standardTimers } from '../transaction/timer-values.ts'
import { RepeatedAnswer } from './repeated-answer.ts'

function repeated(longestGapMs: number) {
  const bench = new Bench()
  const told: string[] = []
  const answer = new RepeatedAnswer({
    timers: bench.timers,
    values: standardTimers,
    longestGapMs,
    repeat: () => told.push(`${bench.clock.monotonicMs()}`),
    gaveUp: () => told.push('gave up'),
  })
  return { bench, told, answer }
}

void test('a 2xx is repeated with growing gaps up to T2, until patience ends', async (t) => {
  const { bench, told } = repeated(standardTimers.t2)
  await bench.clock.advance(40_000)
  const times = [500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]
  t.strictSame(told, [...times.map(String), 'gave up'])
  t.equal(bench.timers.size, 0)
})

void test('a reliable 1xx: the gaps double without a limit', async (t) => {
  const { bench, told } = repeated(Number.POSITIVE_INFINITY)
  await bench.clock.advance(40_000)
  t.strictSame(told, ['500', '1500', '3500', '7500', '15500', '31500', 'gave up'])
})

void test('acknowledged, it stops', async (t) => {
  const { bench, told, answer } = repeated(standardTimers.t2)
  await bench.clock.advance(600)
  answer.stop()
  answer.stop()
  await bench.clock.advance(40_000)
  t.strictSame(told, ['500'])
  t.equal(bench.timers.size, 0)
})
