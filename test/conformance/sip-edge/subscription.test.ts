import { test, type Test } from 'tap'
import { Caller } from './support/caller.ts'
import { edgeUnderTest } from './support/edge-under-test.ts'
import { Phone } from './support/phone.ts'
import { srfApp } from './support/srf-app.ts'

const mwi = { Event: 'message-summary', Expires: '3600' }

/** A phone that has subscribed. */
async function subscribed(t: Test) {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'subscribe')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'mailbox')
  caller.send('SUBSCRIBE', { headers: mwi })
  const { request, response } = await app.asked('subscribe')
  const dialog = await app.srf.createUAS(request, response, { headers: { Expires: '3600' } })
  const ok = await caller.response(0, 'SUBSCRIBE')
  caller.toTag = ok.to.tag
  caller.target = ok.contacts[0]?.uri ?? ''
  return { edge, app, phone, caller, dialog, ok }
}

void test('a SUBSCRIBE makes a dialog in which the application notifies', async (t) => {
  const { phone, dialog, ok, caller } = await subscribed(t)
  t.ok(ok.status === 200 || ok.status === 202)
  t.ok(ok.has('Contact'))
  t.equal(dialog.id, `${caller.callId};from-tag=${caller.fromTag}`)
  const notified = dialog.request({
    method: 'NOTIFY',
    headers: {
      Event: 'message-summary',
      'Subscription-State': 'active;expires=3600',
      'Content-Type': 'application/simple-message-summary',
    },
    body: 'Messages-Waiting: yes\r\n',
  })
  const notify = await phone.request('NOTIFY')
  t.equal(notify.get('Subscription-State'), 'active;expires=3600')
  t.equal(notify.body.toString(), 'Messages-Waiting: yes\r\n')
  t.equal(notify.to.tag, caller.fromTag)
  t.equal(notify.from.tag, ok.to.tag)
  t.ok(notify.has('Contact'))
  phone.answer(notify, 200)
  t.equal((await notified).status, 200)
})

void test('a subscription is refreshed within its dialog', async (t) => {
  const { caller, dialog } = await subscribed(t)
  dialog.on('subscribe', (_request, response) => response.send(200, { headers: { Expires: '60' } }))
  caller.send('SUBSCRIBE', { headers: { ...mwi, Expires: '60' } })
  t.equal((await caller.response(200, 'SUBSCRIBE')).get('Expires'), '60')
})

void test('the last NOTIFY ends the dialog', async (t) => {
  const { phone, caller, dialog } = await subscribed(t)
  const notified = dialog.request({
    method: 'NOTIFY',
    headers: { Event: 'message-summary', 'Subscription-State': 'terminated;reason=timeout' },
  })
  phone.answer(await phone.request('NOTIFY'), 200)
  await notified
  caller.send('SUBSCRIBE', { headers: mwi })
  await caller.response(481, 'SUBSCRIBE')
})

void test('the application subscribes and hears the phone', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const phone = await Phone.open(t, edge)
  const subscribing = srf.createUAC(phone.uri, { method: 'SUBSCRIBE', headers: { Event: 'dialog', Expires: '60' } })
  const subscribe = await phone.request('SUBSCRIBE')
  t.ok(subscribe.has('Contact'))
  phone.answer(subscribe, 200, { headers: { Expires: '60' } })
  const dialog = await subscribing
  const heard = new Promise<string>((resolve) =>
    dialog.on('notify', (request, response) => {
      response.send(200)
      resolve(request.get('Subscription-State'))
    }),
  )
  const notifier = new Caller(phone, 'app', { callId: subscribe.callId, fromTag: 'phone-tag' })
  notifier.toTag = subscribe.from.tag
  notifier.target = subscribe.contacts[0]?.uri ?? ''
  notifier.send('NOTIFY', { headers: { Event: 'dialog', 'Subscription-State': 'active' } })
  await notifier.response(200, 'NOTIFY')
  t.equal(await heard, 'active')
})

void test('a NOTIFY that overtakes the answer to the SUBSCRIBE belongs to its dialog', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'notify')
  const phone = await Phone.open(t, edge)
  const subscribing = app.srf.createUAC(phone.uri, { method: 'SUBSCRIBE', headers: { Event: 'dialog', Expires: '60' } })
  const subscribe = await phone.request('SUBSCRIBE')
  const notifier = new Caller(phone, 'app', { callId: subscribe.callId, fromTag: 'phone-tag' })
  notifier.toTag = subscribe.from.tag
  notifier.target = subscribe.contacts[0]?.uri ?? ''
  notifier.send('NOTIFY', { headers: { Event: 'dialog', 'Subscription-State': 'active' } })
  const early = await app.asked('notify')
  early.response.send(200)
  await notifier.response(200, 'NOTIFY')
  phone.answer(subscribe, 200, { headers: { Expires: '60' } })
  const dialog = await subscribing
  t.equal(early.request.stackDialogId, dialog.id)
  const again = dialog.request({ method: 'SUBSCRIBE', headers: { Event: 'dialog', Expires: '0' } })
  const refresh = await phone.request('SUBSCRIBE')
  t.equal(refresh.to.tag, 'phone-tag')
  phone.answer(refresh, 200)
  await again
})

void test('a NOTIFY that nobody expects: 481', async (t) => {
  const edge = await edgeUnderTest(t)
  await srfApp(t, edge, 'notify')
  const notifier = new Caller(await Phone.open(t, edge), 'app')
  notifier.toTag = 'unknown'
  notifier.send('NOTIFY', { headers: { Event: 'dialog', 'Subscription-State': 'active' } })
  await notifier.response(481, 'NOTIFY')
})

void test('REFER outside a dialog is taken, and its NOTIFY may follow', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'refer')
  const caller = new Caller(await Phone.open(t, edge), 'server')
  caller.send('REFER', { headers: { 'Refer-To': '<sip:1002@example.com>', 'Referred-By': '<sip:1001@example.com>' } })
  const { request, response } = await app.asked('refer')
  t.equal(request.get('Refer-To'), '<sip:1002@example.com>')
  response.send(202)
  await caller.response(202, 'REFER')
})
