import { test } from 'tap'
import { until } from './support/until.ts'
import { LadderOffice } from './support/ladder-office.ts'

const ringMs = 20_000

void test('nobody answers: after the ring time the caller leaves a message', async (t) => {
  const office = await LadderOffice.open(t)
  const ana = await office.hiresWithPhone('Ana', '1001')
  const { user, phones } = await office.hires('Bob', '1002')
  const bob = phones[0]!
  await ana.dials('1002')
  await bob.rings()
  await ana.isRinging()
  await office.clock.advance(ringMs - 1)
  t.equal(ana.call.state, 'ringing', 'not before the time')
  await office.clock.advance(1)
  await bob.isCancelled()
  await ana.isAnswered()
  await ana.hears('sound')
  await ana.hears(1000, 15_000)
  await ana.hears('silence')
  await ana.plays(440)
  await speaks(2000)
  await ana.hangsUp()
  const call = await office.lastCall()
  t.match(call, { outcome: 'voicemail', endedBy: 'caller', voicemailId: /^vm_/ })
  const [message] = await office.voicemails({ user, phones })
  t.match(message, { id: call.voicemailId, fromNumber: '1001', callId: call.id, heardAt: null })
  t.ok((message?.durationSeconds ?? 0) >= 1, 'it has a length')
})

void test('a phone that is not there: voicemail at once', async (t) => {
  const office = await LadderOffice.open(t)
  const ana = await office.hiresWithPhone('Ana', '1001')
  const bob = await office.hires('Bob', '1002', 0)
  await ana.dials('1002')
  await ana.isAnswered()
  await ana.hears('sound')
  await ana.hangsUp()
  t.match(await office.lastCall(), { outcome: 'voicemail', voicemailId: null }, 'who leaves at once leaves nothing')
  t.strictSame(await office.voicemails(bob), [])
})

void test('a phone that does not react at all counts as no answer', async (t) => {
  const office = await LadderOffice.open(t)
  const ana = await office.hiresWithPhone('Ana', '1001')
  const bob = await office.hiresWithPhone('Bob', '1002')
  bob.reaction = 'vanishes'
  await ana.dials('1002')
  await until(() => bob.trace.length > 0 && bob.trace.at(-1)?.summary.startsWith('INVITE') === true)
  await office.clock.advance(ringMs)
  await ana.isAnswered()
  await ana.hangsUp()
  t.match(await office.lastCall(), { outcome: 'voicemail' })
})

void test('*97 without a message says so and hangs up', async (t) => {
  const office = await LadderOffice.open(t)
  const ana = await office.hiresWithPhone('Ana', '1001')
  await ana.dials('*97')
  await ana.isAnswered()
  await ana.hears('sound')
  await ana.isHungUp(15_000)
  t.match(await office.lastCall(), { outcome: 'answered', endedBy: 'system' })
})

void test('*43 gives back what is said', async (t) => {
  const office = await LadderOffice.open(t)
  const ana = await office.hiresWithPhone('Ana', '1001')
  await ana.dials('*43')
  await ana.isAnswered()
  await ana.plays(440)
  await ana.hears(440, 15_000)
  await ana.hangsUp()
  t.match(await office.lastCall(), { outcome: 'answered', endedBy: 'caller' })
})

/** People speak in real time. */
function speaks(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
