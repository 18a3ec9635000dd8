import { test } from 'tap'
import type { Baresip } from '../support/baresip.ts'
import { Office } from '../support/office.ts'
import { longestToneMs } from '../support/tone-energy.ts'
import { newestCall } from './history.ts'
import { until } from './until.ts'

/** How long the phone has heard that tone in its newest call. */
async function heardMs(phone: Baresip, hz: number): Promise<number> {
  return until(
    async () => longestToneMs(phone.heard().at(-1) ?? new Int16Array(), hz),
    (ms) => ms >= 1000,
  )
}

void test('two baresip phones, over UDP and TCP, call each other and talk', async (t) => {
  const office = await Office.open(t)
  const [alice, bob] = [await office.hires('Alice', '1001'), await office.hires('Bob', '1002')]
  const first = await office.baresip(alice, { transport: 'udp', toneHz: 440 })
  const second = await office.baresip(bob, { transport: 'tcp', toneHz: 1000 })
  const registered = await office.api.registrations()
  t.strictSame(registered.map((each) => each.transport).sort(), ['tcp', 'udp'])
  t.match(registered[0]?.userAgent, /baresip/)

  await t.test('UDP calls TCP', async (t) => {
    await first.dials('1002')
    t.match((await second.rings()).peeruri, /sip:1001@/)
    await second.answers()
    await first.isConnected()
    await talksFor(second, 2)
    await first.hangsUp()
    await second.isFinished()
    t.ok((await heardMs(first, 1000)) >= 1000, 'the caller heard the callee')
    t.ok((await heardMs(second, 440)) >= 1000, 'the callee heard the caller')
    t.match(await newestCall(office, 1), { fromNumber: '1001', outcome: 'answered', endedBy: 'caller' })
  })

  await t.test('TCP calls UDP, and the callee hangs up', async (t) => {
    await first.isFinished()
    await second.dials('1001')
    await first.rings()
    await first.answers()
    await second.isConnected()
    await talksFor(first, 2)
    await first.hangsUp()
    await second.isFinished()
    t.ok((await heardMs(first, 1000)) >= 1000)
    t.ok((await heardMs(second, 440)) >= 1000)
    t.match(await newestCall(office, 2), { fromNumber: '1002', outcome: 'answered', endedBy: 'callee' })
  })
})

/** Waits until the phone's own recording of the call has grown by that many seconds. */
async function talksFor(phone: Baresip, seconds: number): Promise<void> {
  const samples = () => phone.heard().at(-1)?.length ?? 0
  await until(
    async () => samples(),
    (count) => count >= seconds * 8000,
    15_000,
  )
}
