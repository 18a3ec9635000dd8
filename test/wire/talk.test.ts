import { test } from 'tap'
import { Office } from '../support/office.ts'
import { newestCall } from './history.ts'

void test('two phones, over UDP and TCP, talk, and the history has the call', async (t) => {
  const office = await Office.open(t)
  const [alice, bob] = [await office.hires('Alice', '1001'), await office.hires('Bob', '1002')]
  const caller = await office.phone(alice, { toneHz: 440 })
  const callee = await office.phone(bob, { toneHz: 1000, transport: 'tcp' })

  const registered = await office.api.registrations()
  t.strictSame(registered.map((each) => each.transport).sort(), ['tcp', 'udp'])

  await t.test('the caller hangs up', async (t) => {
    await caller.dials('1002')
    const incoming = await callee.rings()
    t.equal(incoming.callerNumber, '1001')
    t.equal(incoming.callerName, 'Alice')
    await caller.isRinging()
    await callee.answers()
    await caller.isAnswered()
    await caller.hears(1000)
    await callee.hears(440)
    const live = await office.api.ask<{ items: readonly { id: string }[] }>('GET', '/calls/live')
    t.equal(live.items.length, 1)
    await caller.hangsUp()
    await callee.isHungUp()
    const call = await newestCall(office, 1)
    t.match(call, { fromNumber: '1001', toNumber: '1002', outcome: 'answered', endedBy: 'caller' })
    t.ok(call.answeredAt)
    const summaries = (call.ladder ?? []).map((entry) => entry.summary)
    t.ok(summaries.some((line) => line.startsWith('INVITE')))
    t.ok(summaries.some((line) => line.startsWith('BYE')))
  })

  await t.test('the callee hangs up', async (t) => {
    await callee.dials('1001')
    await caller.rings()
    await caller.answers()
    await callee.isAnswered()
    await callee.hears(440)
    await caller.hangsUp()
    await callee.isHungUp()
    t.match(await newestCall(office, 2), { fromNumber: '1002', outcome: 'answered', endedBy: 'callee' })
  })

  await t.test('keys that are pressed reach the other end', async (t) => {
    await caller.dials('1002')
    const incoming = await callee.rings()
    await callee.answers()
    await caller.hears(1000)
    const pressed: string[] = []
    const complete = new Promise<void>((resolve) => {
      incoming.rtp.events.on('digit', (digit) => {
        pressed.push(digit)
        if (pressed.length === 3) resolve()
      })
    })
    await caller.presses('1*#')
    await complete
    t.equal(pressed.join(''), '1*#')
    await caller.hangsUp()
    await callee.isHungUp()
  })

  await t.test('hold silences, resume brings the sound back', async () => {
    await caller.dials('1002')
    await callee.rings()
    await callee.answers()
    await caller.hears(1000)
    await callee.holds()
    await callee.resumes()
    await caller.hears(1000)
    await callee.hears(440)
    await caller.hangsUp()
    await callee.isHungUp()
  })
})
