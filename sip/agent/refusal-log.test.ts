import { test } from 'tap'
import { FakeClock } from '../../core/fake-clock.ts'
import { silentLogger } from '../../core/logger.ts'
import { RefusalLog } from './refusal-log.ts'

function watched() {
  const clock = new FakeClock()
  const lines: object[] = []
  const log = { ...silentLogger, warn: (fields: object) => lines.push(fields) }
  return { clock, lines, refusals: new RefusalLog(clock, log) }
}

const from = (address: string) => ({ protocol: 'udp', address, port: 5060 })

void test('an address is named once a minute, however often it tries; every try is counted', async (t) => {
  const { clock, lines, refusals } = watched()
  for (let n = 0; n < 100; n++) refusals.note('wrong-password', 'REGISTER', from('192.0.2.1'))
  refusals.note('wrong-user', 'INVITE', from('192.0.2.2'))
  t.equal(lines.length, 2)
  t.equal(refusals.counts.get('wrong-password'), 100)
  await clock.advance(60_000)
  refusals.note('wrong-password', 'REGISTER', from('192.0.2.1'))
  t.equal(lines.length, 3)
})

void test('how digest works is not worth a line', (t) => {
  const { lines, refusals } = watched()
  refusals.note('no-credentials', 'REGISTER', from('192.0.2.1'))
  refusals.note('stale', 'REGISTER', from('192.0.2.1'))
  t.equal(lines.length, 0)
  t.equal(refusals.counts.get('stale'), 1)
  t.end()
})

void test('a flood from thousands of addresses is counted, not remembered', (t) => {
  const { lines, refusals } = watched()
  for (let n = 0; n < 5000; n++) refusals.note('wrong-user', 'REGISTER', from(`198.51.${n >> 8}.${n & 255}`))
  t.equal(lines.length, 1000)
  t.equal(refusals.counts.get('wrong-user'), 5000)
  t.end()
})

void test('guesses speak against an address, what may happen to an honest phone does not', (t) => {
  const offences: string[] = []
  const bans = { offended: (address: string, offence: string) => void offences.push(`${address} ${offence}`) }
  const refusals = new RefusalLog(new FakeClock(), silentLogger, bans)
  const reasons = [
    'no-credentials',
    'stale',
    'replayed',
    'wrong-realm',
    'malformed',
    'wrong-user',
    'wrong-password',
  ] as const
  for (const because of reasons) refusals.note(because, 'REGISTER', from('192.0.2.1'))
  t.strictSame(offences, ['192.0.2.1 malformed', '192.0.2.1 wrong-user', '192.0.2.1 wrong-password'])
  t.end()
})
