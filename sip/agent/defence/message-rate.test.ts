import { test } from 'tap'
import { FakeClock } from '../../../core/fake-clock.ts'
import { MessageRate, rateWindowMs } from './message-rate.ts'

function rated(allowances: Readonly<Record<string, number>> = {}) {
  const clock = new FakeClock()
  const asked: string[] = []
  const allowanceOf = (address: string) => {
    asked.push(address)
    return allowances[address] ?? 1
  }
  const rate = new MessageRate({ perSecond: 2, clock, allowanceOf })
  const send = (address: string, count: number) => Array.from({ length: count }, () => rate.take(address))
  return { clock, rate, send, asked }
}

void test('a burst passes, what is beyond it does not, until the next window', async (t) => {
  const { clock, rate, send, asked } = rated()
  t.ok(send('192.0.2.1', 10).every((verdict) => verdict === 'ok'))
  t.strictSame(asked, [], 'an honest address costs no look at the lists')
  t.strictSame(send('192.0.2.1', 3), ['first-excess', 'excess', 'excess'])
  t.strictSame(send('192.0.2.2', 1), ['ok'], 'another address has its own count')
  await clock.advance(rateWindowMs)
  t.strictSame(send('192.0.2.1', 1), ['ok'])
  rate.close()
  t.equal(clock.pending, 0)
})

void test('an allowance lifts the limit, or takes it away', (t) => {
  const { rate, send, asked } = rated({ office: 5, carrier: Infinity })
  t.ok(send('office', 50).every((verdict) => verdict === 'ok'))
  t.strictSame(send('office', 2), ['first-excess', 'excess'])
  asked.length = 0
  t.ok(send('carrier', 1000).every((verdict) => verdict === 'ok'))
  t.strictSame(asked, ['carrier'], 'asked once in a window')
  rate.close()
  t.end()
})
