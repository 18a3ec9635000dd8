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

void test('the busy lamp: several watchers see a call from its ringing to its end', async (t) => {
  const { office, ana, bob } = await callers(t)
  const carl = await office.hiresWithPhone('Carl', '1003')
  const dora = await office.hiresWithPhone('Dora', '1004')
  const ofBob = await Watch.start(carl, '1002', 'dialog')
  const ofAna = await Watch.start(dora, '1001', 'dialog')
  t.equal(ofBob.answer.status, 202)
  const { notify, body } = await ofBob.hears()
  t.equal(notify.contentType, 'application/dialog-info+xml')
  t.match(body, /version="0" state="full" entity="sip:1002@office.test">\r\n<\/dialog-info>/)
  await ofAna.hears()

  await ana.dials('1002')
  await bob.rings()
  await ofBob.hearsOf(/direction="recipient"><state>early</)
  await ofAna.hearsOf(/direction="initiator"><state>early</)
  await bob.answers()
  await ana.isAnswered()
  await ofBob.hearsOf(/direction="recipient"><state>confirmed</)
  await ofAna.hearsOf(/direction="initiator"><state>confirmed</)
  await ana.hangsUp()
  const last = await ofBob.hearsOf(/direction="recipient"><state>terminated</)
  t.match(last, /version="3"/)
  await ofAna.hearsOf(/direction="initiator"><state>terminated</)
  t.notMatch(last, '1001', 'a lamp does not tell with whom')

  await ofBob.renews('0')
  t.match(await ofBob.hears(), { state: 'terminated;reason=timeout', body: /dialog-info/ })
})

void test('a busy lamp goes out when the mailbox takes the call', async (t) => {
  const { office, ana, bob } = await callers(t)
  const carl = await office.hiresWithPhone('Carl', '1003')
  const lamp = await Watch.start(carl, '1002', 'dialog')
  await ana.dials('1002')
  await bob.rings()
  await lamp.hearsOf(/<state>early</)
  await office.clock.advance(20_000)
  await ana.isAnswered()
  await lamp.hearsOf(/<state>terminated</)
  await ana.hangsUp()
})

void test('a watcher that is switched off is dropped, and the others are served', async (t) => {
  const { office, ana, bob } = await callers(t)
  const carl = await office.hiresWithPhone('Carl', '1003')
  const dora = await office.hiresWithPhone('Dora', '1004')
  await Watch.start(carl, '1002', 'dialog')
  const lamp = await Watch.start(dora, '1002', 'dialog')
  carl.close()
  await ana.dials('1002')
  await bob.rings()
  await lamp.hearsOf(/<state>early</)
  await ana.cancels()
  await lamp.hearsOf(/<state>terminated</)
})

void test('an account watches where it is registered, and nobody else does', async (t) => {
  const { ana } = await callers(t)
  const watch = await Watch.start(ana, ana.options.username, 'reg')
  const { notify, body } = await watch.hears()
  t.equal(notify.contentType, 'application/reginfo+xml')
  t.match(body, `<uri>${ana.contact}</uri>`)
  const other = 'sip:elsewhere@127.0.0.1:9'
  await ana.triesToRegister(300, { Contact: `<${other}>` })
  t.match(await watch.hearsOf(/elsewhere/), `<uri>${ana.contact}</uri>`, 'both')
  await ana.triesToRegister(0, { Contact: `<${other}>` })
  t.notMatch((await watch.hears()).body, /elsewhere/)
  t.equal((await Watch.start(ana, '1002', 'reg')).answer.status, 403)
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
