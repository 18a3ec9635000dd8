import { test } from 'tap'
import { callers, LadderOffice, talking } from './support/ladder-office.ts'

void test('two people talk: each hears the other, and the history has the call', async (t) => {
  const { office, ana, bob } = await callers(t)
  await ana.dials('1002')
  const incoming = await bob.rings()
  t.equal(incoming.callerNumber, '1001')
  t.equal(incoming.callerName, 'Ana')
  t.equal(await ana.isRinging(), 180)
  await bob.answers()
  await ana.isAnswered()
  await ana.plays(440)
  await bob.plays(660)
  await bob.hears(440)
  await ana.hears(660)
  await ana.hangsUp()
  await bob.isHungUp()
  const call = await office.lastCall()
  t.match(call, { fromNumber: '1001', toNumber: '1002', outcome: 'answered', endedBy: 'caller' })
  t.ok(call.answeredAt, 'says when it was answered')
  t.match(call.ladder?.[0]?.summary, /^INVITE sip:1002@/)
  t.match(call.ladder?.at(-1)?.summary, /^SIP\/2.0 200/)
})

void test('the callee hangs up', async (t) => {
  const { office, ana, bob } = await talking(t)
  await bob.hangsUp()
  await ana.isHungUp()
  t.match(await office.lastCall(), { outcome: 'answered', endedBy: 'callee' })
})

void test('both hang up at once, and that is one end', async (t) => {
  const { office, ana, bob } = await talking(t)
  await Promise.allSettled([ana.hangsUp(), bob.hangsUp()])
  t.match(await office.lastCall(), { outcome: 'answered' })
  t.strictSame(await office.liveCalls(), [])
})

void test('all devices of a user ring; the first answer wins and the others hear of it', async (t) => {
  const office = await LadderOffice.open(t)
  const ana = await office.hiresWithPhone('Ana', '1001')
  const [desk, shop, home] = (await office.hires('Bob', '1002', 3)).phones
  await ana.dials('1002')
  await Promise.all([desk?.rings(), shop?.rings(), home?.rings()])
  await shop?.answers()
  await ana.isAnswered()
  t.match(await desk?.isCancelled(), /SIP;cause=200;text="Call completed elsewhere"/)
  t.match(await home?.isCancelled(), /cause=200/)
  await ana.hangsUp()
  const call = await office.lastCall()
  t.match(call, { outcome: 'answered' })
})

void test('the caller gives up: the phone stops ringing', async (t) => {
  const { office, ana, bob } = await callers(t)
  await ana.dials('1002')
  await bob.rings()
  await ana.isRinging()
  await ana.cancels()
  t.equal(await ana.isRefused(), 487)
  await bob.isCancelled()
  t.match(await office.lastCall(), { outcome: 'cancelled', endedBy: 'caller', answeredAt: null })
})

void test('the answer crosses the CANCEL: nobody is left in a call', async (t) => {
  const { office, ana, bob } = await callers(t)
  await ana.dials('1002')
  await bob.rings()
  await ana.isRinging()
  await Promise.all([ana.cancels(), bob.answers()])
  const call = await office.lastCall()
  t.ok(['cancelled', 'answered'].includes(call.outcome ?? ''), `ended as ${call.outcome}`)
  t.strictSame(await office.liveCalls(), [])
})

const refusals = [
  [486, 486, 'busy'],
  [600, 486, 'busy'],
  [603, 603, 'declined'],
  [488, 488, 'failed'],
] as const

for (const [sent, told, outcome] of refusals) {
  void test(`a phone that answers ${sent}: the caller is told ${told}`, async (t) => {
    const { office, ana, bob } = await callers(t)
    bob.reaction = sent
    await ana.dials('1002')
    t.equal(await ana.isRefused(), told)
    t.match(await office.lastCall(), { outcome, answeredAt: null })
  })
}

void test('one phone is busy, the other rings on', async (t) => {
  const office = await LadderOffice.open(t)
  const ana = await office.hiresWithPhone('Ana', '1001')
  const [busy, free] = (await office.hires('Bob', '1002', 2)).phones
  if (busy) busy.reaction = 486
  await ana.dials('1002')
  await free?.rings()
  await free?.answers()
  await ana.isAnswered()
  await ana.hangsUp()
  t.match(await office.lastCall(), { outcome: 'answered' })
})

void test('a decline on one phone is meant for all', async (t) => {
  const office = await LadderOffice.open(t)
  const ana = await office.hiresWithPhone('Ana', '1001')
  const [desk, shop] = (await office.hires('Bob', '1002', 2)).phones
  await ana.dials('1002')
  await Promise.all([desk?.rings(), shop?.rings()])
  await desk?.declines(603)
  t.equal(await ana.isRefused(), 603)
  await shop?.isCancelled()
  t.match(await office.lastCall(), { outcome: 'declined' })
})

void test('a number nobody has', async (t) => {
  const office = await LadderOffice.open(t)
  const ana = await office.hiresWithPhone('Ana', '1001')
  await ana.dials('1999')
  t.equal(await ana.isRefused(), 404)
  t.match(await office.lastCall(), { outcome: 'rejected', reason: 'unknown-number' })
})

void test('an operator ends a call', async (t) => {
  const { office, ana, bob } = await talking(t)
  const [live] = await office.liveCalls()
  await office.api.ask('POST', `/calls/${live?.id}/hangup`)
  await Promise.all([ana.isHungUp(), bob.isHungUp()])
  t.match(await office.lastCall(), { outcome: 'answered', endedBy: 'system' })
})

void test('a phone puts the call on hold and takes it back', async (t) => {
  const { office, ana, bob } = await talking(t)
  await bob.plays(660)
  await ana.hears(660)
  await ana.holds()
  await ana.hears('silence')
  await ana.resumes()
  await ana.hears(660)
  await ana.hangsUp()
  t.match(await office.lastCall(), { outcome: 'answered' })
})
