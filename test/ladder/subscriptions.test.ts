import { test } from 'tap'
import { TestPhone } from '../support/phone/test-phone.ts'
import { callers, LadderOffice } from './support/ladder-office.ts'
import { Watch } from './support/watch.ts'

void test('the message lamp: dark at first, lit by a message, put out by hearing it', async (t) => {
  const office = await LadderOffice.open(t)
  const ana = await office.hiresWithPhone('Ana', '1001')
  const bob = await office.hires('Bob', '1002')
  const phone = bob.phones[0]!
  const lamp = await Watch.start(phone, '1002', 'message-summary')
  t.equal(lamp.answer.status, 202)
  t.equal(lamp.answer.get('Expires'), '600')
  const { state, notify, body } = await lamp.hears()
  t.match(state, /^active;expires=(600|599)$/)
  t.equal(notify.get('Event'), 'message-summary')
  t.equal(notify.contentType, 'application/simple-message-summary')
  t.equal(body, 'Messages-Waiting: no\r\nMessage-Account: sip:*97@office.test\r\nVoice-Message: 0/0 (0/0)\r\n')

  await phone.unregisters()
  await ana.dials('1002')
  await ana.isAnswered()
  await ana.hears(1000, 15_000)
  await ana.plays(440)
  await speaks(1500)
  await ana.hangsUp()
  t.match(await lamp.hearsOf(/Voice-Message: 1\/0/), 'Messages-Waiting: yes')

  const [message] = await office.voicemails(bob)
  await office.api.ask('PATCH', `/voicemails/${message?.id}`, { isHeard: true })
  t.match(await lamp.hearsOf(/Voice-Message: 0\/1/), 'Messages-Waiting: no')

  t.equal((await lamp.renews('300')).get('Expires'), '300')
  t.match((await lamp.hears()).state, /^active;expires=(300|299)$/)
  t.equal((await lamp.renews('0')).status, 202)
  t.match(await lamp.hears(), { state: 'terminated;reason=timeout', body: /Voice-Message: 0\/1/ })
  t.equal((await lamp.renews('300')).status, 481, 'the dialog is over')
})

void test('a phone may name its account or the mailbox number as well', async (t) => {
  const { ana } = await callers(t)
  for (const number of [ana.options.username, '*97', '1001']) {
    const lamp = await Watch.start(ana, number, 'message-summary', '0')
    t.equal(lamp.answer.status, 202, number)
    t.match(await lamp.hears(), { state: 'terminated;reason=timeout', body: /Voice-Message: 0\/0/ }, number)
  }
})

void test('who may not watch, and what is not there to watch', async (t) => {
  const { ana } = await callers(t)
  const foreign = await Watch.start(ana, '1002', 'message-summary')
  t.equal(foreign.answer.status, 403, "somebody else's mailbox")
  t.equal((await Watch.start(ana, '4711', 'message-summary')).answer.status, 404)
  const { answer: brief } = await Watch.start(ana, '1001', 'message-summary', '20')
  t.match([brief.status, brief.get('Min-Expires')], [423, '60'])
  const { answer: unknown } = await Watch.start(ana, '1001', 'weather')
  t.equal(unknown.status, 489)
  t.match(unknown.get('Allow-Events'), /message-summary/)
  const options = await ana.sends('OPTIONS', 'sip:office.test')
  t.match(options.get('Allow-Events'), /message-summary/)
  t.match(options.get('Allow'), /SUBSCRIBE/)
})

void test('a wrong password watches nothing', async (t) => {
  const { ana } = await callers(t)
  const thief = await TestPhone.open({ ...ana.options, password: 'guessed' })
  t.teardown(() => thief.close())
  const { answer } = await Watch.start(thief, '1001', 'message-summary')
  t.equal(answer.status, 401)
  t.ok(answer.has('WWW-Authenticate'))
})

/** People speak in real time. */
function speaks(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
