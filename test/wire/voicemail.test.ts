import { test } from 'tap'
import { Office } from '../support/office.ts'
import { longestToneMs } from '../support/tone-energy.ts'
import { parseWav } from '../support/wav.ts'
import { newestCall } from './history.ts'
import { until } from './until.ts'

const beepHz = 1000

void test('a call that nobody answers ends in the mailbox, and is heard there', async (t) => {
  const office = await Office.open(t)
  const [alice, bob] = [await office.hires('Alice', '1001'), await office.hires('Bob', '1002')]
  const caller = await office.phone(alice)
  const callee = await office.phone(bob)
  const handling = { strategy: 'both', ringSeconds: 1 }
  await office.api.ask('PATCH', `/users/${bob.user.id}/call-handling`, handling)

  await t.test('*97 of an empty mailbox says so and hangs up', async () => {
    await callee.dials('*97')
    await callee.isAnswered()
    await callee.hears('sound')
    await callee.isHungUp()
  })

  await t.test('greeting, tone, message', async (t) => {
    await caller.dials('1002')
    await callee.rings()
    t.match(await callee.isCancelled(), /cause=19|No answer/)
    await caller.isAnswered()
    await caller.hears('sound')
    await caller.hears(beepHz, 15_000)
    await caller.plays(440)
    const sentBefore = caller.call.rtp.counts.sent
    await until(
      async () => caller.call.rtp.counts.sent - sentBefore,
      (packets) => packets >= 125,
    )
    await caller.hangsUp()
    const call = await newestCall(office, 2)
    t.match(call, { outcome: 'voicemail', endedBy: 'caller' })
    const [message] = await until(
      () => office.api.voicemails(bob.user.id),
      (all) => all.length === 1,
    )
    t.match(message, { fromNumber: '1001', callId: call.id, id: call.voicemailId, heardAt: null })
    t.ok((message?.durationSeconds ?? 0) >= 2)
    const { rateHz, samples } = parseWav(await office.api.download(message?.audioUrl ?? ''))
    t.equal(rateHz, 8000)
    const toneMs = longestToneMs(samples, 440)
    t.ok(toneMs >= 2000, `the tone lasts ${toneMs} ms in the recording`)
    t.ok(longestToneMs(samples, beepHz) < 100, 'the beep is not part of the message')
  })

  await t.test('*97 plays the message, which is then heard', async (t) => {
    await callee.dials('*97')
    await callee.isAnswered()
    await callee.hears(440, 20_000)
    await callee.isHungUp(30_000)
    const [message] = await office.api.voicemails(bob.user.id)
    t.ok(message?.heardAt)
  })

  await t.test('an unreachable user has a mailbox too', async () => {
    await callee.unregisters()
    await caller.dials('1002')
    await caller.isAnswered()
    await caller.hears('sound')
    await caller.hangsUp()
  })
})
