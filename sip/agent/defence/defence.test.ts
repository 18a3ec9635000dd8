import { test } from 'tap'
import { FakeClock } from '../../../core/fake-clock.ts'
import { silentLogger } from '../../../core/logger.ts'
import { SipRequest } from '../../edge/message/sip-request.ts'
import type { Flow } from '../../edge/transport/flow.ts'
import { Defence } from './defence.ts'

const stranger = '192.0.2.1'
const carrier = '198.51.100.1'

function defended(messagesPerSecond = 1) {
  const clock = new FakeClock()
  const lines: { address: string }[] = []
  const note = (fields: object) => void lines.push(fields as { address: string })
  const log = { ...silentLogger, warn: note, info: note }
  const defence = new Defence({ allow: [carrier], messagesPerSecond, clock, log })
  const flowFrom = (remoteAddress: string) => ({ remoteAddress }) as Flow
  const scan = (from: string, userAgent: string | undefined) => {
    const request = SipRequest.create({ method: 'OPTIONS', uri: 'sip:100@192.0.2.9' })
    if (userAgent !== undefined) request.set('User-Agent', userAgent)
    return defence.welcomes(request, flowFrom(from))
  }
  return { clock, defence, lines, scan, flowFrom }
}

void test('a scanner is dropped, and banned when it goes on', (t) => {
  const { defence, scan, lines } = defended()
  t.ok(scan(stranger, undefined))
  t.ok(scan(stranger, 'snom'))
  t.notOk(scan(stranger, 'friendly-scanner'))
  t.ok(defence.admits(stranger))
  t.notOk(scan(stranger, 'friendly-scanner'))
  t.notOk(defence.admits(stranger))
  t.ok(scan(carrier, 'friendly-scanner'), 'who is allowed may test with what he likes')
  t.strictSame(defence.dropped, { banned: 1, rate: 0, scanner: 2 })
  t.match(lines, [{ address: stranger, because: 'scanner', seconds: 300 }])
  t.end()
})

void test('what is no SIP counts', (t) => {
  const { defence, flowFrom } = defended()
  for (let n = 0; n < 20; n++) defence.malformed(flowFrom(stranger))
  t.notOk(defence.admits(stranger))
  t.end()
})

void test('too many messages are dropped, and said once in a while; an office may send more, a carrier as much as it likes', async (t) => {
  const { defence, lines, clock } = defended()
  const passed = (address: string) => Array.from({ length: 100 }, () => defence.admits(address)).filter(Boolean).length
  defence.bans.proved('192.0.2.2')
  t.equal(passed(stranger), 5)
  t.equal(passed('192.0.2.2'), 25)
  t.equal(passed(carrier), 100)
  t.strictSame(
    lines.map(({ address }) => address),
    [stranger, '192.0.2.2'],
  )
  t.equal(defence.dropped.rate, 170)
  await clock.advance(5_000)
  t.ok(defence.admits(stranger))
  defence.close()
  t.equal(clock.pending, 0)
})

void test('a flood of made-up addresses does not flood the log', async (t) => {
  const { defence, lines, clock } = defended()
  const ban = (address: string) => {
    for (let n = 0; n < 2; n++) defence.bans.offended(address, 'scanner')
  }
  for (let n = 0; n < 1000; n++) ban(`10.0.${n >> 8}.${n & 255}`)
  t.equal(lines.length, 60)
  await clock.advance(60_000)
  ban(stranger)
  t.equal(lines.length, 61)
})

void test('an honest message costs well under a microsecond', (t) => {
  const { defence } = defended(200)
  for (let n = 0; n < 2; n++) defence.bans.offended(stranger, 'scanner')
  const rounds = 200_000
  const addresses = Array.from({ length: 1000 }, (_, n) => `10.1.${n >> 8}.${n & 255}`)
  let admitted = 0
  const startMs = performance.now()
  for (let n = 0; n < rounds; n++) if (defence.admits(addresses[n % 1000] ?? '')) admitted++
  const eachUs = ((performance.now() - startMs) * 1000) / rounds
  t.ok(admitted > 0)
  t.ok(eachUs < 2, 'with much room for a busy machine')
  t.comment(`${eachUs.toFixed(3)} µs each`)
  t.end()
})
