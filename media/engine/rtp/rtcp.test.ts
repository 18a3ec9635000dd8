import { randomBytes } from 'node:crypto'
import { test } from 'tap'
import { estimateMos } from './estimate-mos.ts'
import { ntpMiddle, readRtcp, type ReportBlock, roundTripMs, writeRtcp } from './rtcp.ts'

const block: ReportBlock = {
  ssrc: 7,
  fractionLost: 25,
  packetsLost: -3,
  extendedHighest: 70_000,
  jitterUnits: 80,
  lastReport: 0x12345678,
  delaySinceLastReport: 65536,
}

void test('a report written is read again', (t) => {
  const sender = { timestamp: 160, packets: 10, bytes: 1600 }
  const packet = writeRtcp({ ssrc: 9, cname: 'a@192.0.2.1', nowMs: 1_700_000_000_500, sender, block, isGoodbye: true })
  t.equal(packet.length % 4, 0)
  const content = readRtcp(packet)
  t.match(content, { reports: [{ ssrc: 9, sender: { packets: 10, bytes: 1600 }, blocks: [block] }], goodbyes: [9] })
  t.equal(content?.reports[0]?.sender?.ntpMiddle, ntpMiddle(1_700_000_000_500))
  t.match(readRtcp(writeRtcp({ ssrc: 9, cname: '', nowMs: 0 })), { reports: [{ ssrc: 9, blocks: [] }] })
  t.end()
})

void test('the round trip is what is left of the time', (t) => {
  const sentAtMs = 1_700_000_000_000
  const answer = { ...block, lastReport: ntpMiddle(sentAtMs), delaySinceLastReport: 65536 * 2 }
  t.ok(Math.abs(roundTripMs(answer, sentAtMs + 2050)! - 50) < 1)
  t.equal(roundTripMs({ ...answer, lastReport: 0 }, sentAtMs), undefined)
  t.equal(roundTripMs(answer, sentAtMs + 1000), undefined, 'an answer before the question')
  t.end()
})

void test('garbage is no report', (t) => {
  const good = writeRtcp({ ssrc: 9, cname: 'a', nowMs: 0, block })
  t.equal(readRtcp(Buffer.alloc(0)), undefined)
  for (let length = 1; length < good.length; length++) t.doesNotThrow(() => readRtcp(good.subarray(0, length)))
  for (let i = 0; i < 2000; i++) t.doesNotThrow(() => readRtcp(randomBytes(i % 120)))
  t.end()
})

void test('the score falls with loss and delay', (t) => {
  const best = estimateMos({ lossRatio: 0, jitterMs: 0, roundTripMs: 0 })
  t.ok(best > 4.3 && best <= 4.5, `${best}`)
  t.ok(estimateMos({ lossRatio: 0.05, jitterMs: 10, roundTripMs: 100 }) < 4)
  t.ok(estimateMos({ lossRatio: 0.3, jitterMs: 50, roundTripMs: 800 }) < 2)
  t.equal(estimateMos({ lossRatio: 1, jitterMs: 1000, roundTripMs: 5000 }), 1)
  t.end()
})
