import { test } from 'tap'
import { Caller, sdp } from './support/caller.ts'
import { edgeUnderTest } from './support/edge-under-test.ts'
import { Phone } from './support/phone.ts'
import { srfApp, type AppMessage } from './support/srf-app.ts'

void test('a caller cancels: the server answers, the application is told', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'cancel')
  caller.send('INVITE', { body: sdp })
  const { request, response } = await app.asked('invite')
  const told = new Promise<AppMessage>((resolve) => request.on('cancel', resolve))
  response.send(180)
  const ringing = await caller.response(180)

  caller.cancel({ Reason: 'SIP;cause=200;text="Call completed elsewhere"' })
  const ok = await caller.response(200, 'CANCEL')
  t.equal(ok.to.tag, ringing.to.tag)
  const terminated = await caller.response(487, 'INVITE')
  t.equal(terminated.to.tag, ringing.to.tag)
  caller.ack(terminated)
  t.equal((await told).get('Reason'), 'SIP;cause=200;text="Call completed elsewhere"')

  const late = new Promise((resolve) => response.send(200, { body: sdp }, (error) => resolve(error)))
  t.ok(await late, 'an answer that comes after is refused')
})

void test('a CANCEL before any answer of the application', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'cancel')
  caller.send('INVITE', { body: sdp })
  const { request } = await app.asked('invite')
  const told = new Promise<AppMessage>((resolve) => request.on('cancel', resolve))
  caller.cancel()
  await caller.response(200, 'CANCEL')
  caller.ack(await caller.response(487, 'INVITE'))
  await told
})

void test('a repeated CANCEL is answered again, the 487 stays one', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'cancel')
  caller.send('INVITE', { body: sdp })
  const { response } = await app.asked('invite')
  response.send(180)
  await caller.response(180)
  caller.cancel()
  await caller.response(200, 'CANCEL')
  caller.ack(await caller.response(487, 'INVITE'))
  caller.cancel()
  await caller.response(200, 'CANCEL')
  t.strictSame(
    phone.responses.left.filter(({ status }) => status === 487),
    [],
  )
})

void test('a CANCEL of nothing is answered 481', async (t) => {
  const edge = await edgeUnderTest(t)
  await srfApp(t, edge, 'invite')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'cancel')
  caller.send('CANCEL', { seq: 1 })
  await caller.response(481, 'CANCEL')
})

void test('a CANCEL after the answer changes nothing', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'uas')
  caller.send('INVITE', { body: sdp })
  const { request, response } = await app.asked('invite')
  const dialog = await app.srf.createUAS(request, response, { localSdp: sdp })
  const ok = await caller.response(200, 'INVITE')
  caller.cancel()
  await caller.response(200, 'CANCEL')
  caller.ack(ok)
  const ended = new Promise((resolve) => dialog.on('destroy', resolve))
  caller.send('BYE')
  await caller.response(200, 'BYE')
  await ended
})
