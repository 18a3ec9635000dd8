import { test, type Test } from 'tap'
import { systemClock, type Clock } from '../../../core/clock.ts'
import { sleepWith } from '../../../core/clock.ts'
import { Caller, otherSdp, sdp } from './support/caller.ts'
import { edgeUnderTest } from './support/edge-under-test.ts'
import { Phone } from './support/phone.ts'
import { srfApp } from './support/srf-app.ts'

/** A clock on which 90 seconds pass in less than one. */
const speed = 100
const fastClock: Clock = {
  now: () => systemClock.now(),
  monotonicMs: () => systemClock.monotonicMs() * speed,
  after: (ms, run) => systemClock.after(ms / speed, run),
  every: (ms, run) => systemClock.every(ms / speed, run),
  sleep: (ms, signal) => sleepWith(fastClock, ms, signal),
}

/** The retransmissions keep their usual pace. */
const timers = { t1: 50_000, t2: 400_000, t4: 500_000, patience: 320_000, d: 320_000 }
const timed = { Supported: 'timer', 'Session-Expires': '90;refresher=uac' }

async function started(t: Test) {
  const edge = await edgeUnderTest(t, { clock: fastClock, timers })
  const app = await srfApp(t, edge, 'invite')
  const phone = await Phone.open(t, edge)
  return { edge, app, phone }
}

/** A call with a session timer that the application has answered. */
async function answered(t: Test, headers: Record<string, string>) {
  const { app, phone } = await started(t)
  const caller = new Caller(phone, 'uas')
  caller.send('INVITE', { body: sdp, headers })
  const { request, response } = await app.asked('invite')
  const dialog = await app.srf.createUAS(request, response, { localSdp: sdp })
  const ok = await caller.response(200)
  caller.ack(ok)
  return { phone, caller, dialog, ok }
}

void test('the caller refreshes: the 200 says so, and without a refresh the call ends', async (t) => {
  const { phone, dialog, ok } = await answered(t, timed)
  t.equal(ok.get('Session-Expires'), '90;refresher=uac')
  t.strictSame(ok.values('Require'), ['timer'])
  const ended = new Promise((resolve) => dialog.on('destroy', (_bye, reason) => resolve(reason)))
  const bye = await phone.request('BYE')
  t.match(bye.get('Reason'), /expired/)
  phone.answer(bye, 200)
  t.match(await ended, /expired/)
})

void test('a refresh of the caller keeps the call', async (t) => {
  const { phone, caller, dialog } = await answered(t, timed)
  for (let round = 0; round < 3; round++) {
    await fastClock.sleep(45_000)
    caller.send('UPDATE', { headers: timed })
    const ok = await caller.response(200, 'UPDATE')
    t.equal(ok.get('Session-Expires'), '90;refresher=uac')
  }
  t.strictSame(phone.requests.left, [])
  void dialog.destroy()
  phone.answer(await phone.request('BYE'), 200)
})

void test('the server refreshes by UPDATE when the phone takes that', async (t) => {
  const { phone, dialog, ok } = await answered(t, {
    ...timed,
    'Session-Expires': '90;refresher=uas',
    Allow: 'INVITE, ACK, BYE, UPDATE',
  })
  t.equal(ok.get('Session-Expires'), '90;refresher=uas')
  for (let round = 0; round < 2; round++) {
    const update = await phone.request('UPDATE')
    t.equal(update.get('Session-Expires'), '90;refresher=uac')
    t.equal(update.body.length, 0)
    phone.answer(update, 200, { headers: { 'Session-Expires': '90;refresher=uac' } })
  }
  void dialog.destroy()
  phone.answer(await phone.request('BYE'), 200)
})

void test('else by a re-INVITE with the session as it is', async (t) => {
  const { phone, dialog } = await answered(t, { ...timed, 'Session-Expires': '90;refresher=uas', Allow: 'INVITE, ACK' })
  const invite = await phone.request('INVITE')
  t.equal(invite.body.toString(), sdp)
  phone.answer(invite, 200, { body: otherSdp, headers: { 'Session-Expires': '90;refresher=uac' } })
  t.equal((await phone.request('ACK')).cseq.number, invite.cseq.number)
  phone.answer(invite, 200, { body: otherSdp })
  await phone.request('ACK')
  void dialog.destroy()
  phone.answer(await phone.request('BYE'), 200)
})

void test('a phone that does not know the call any more at the refresh: it ends', async (t) => {
  const { phone, dialog } = await answered(t, { ...timed, 'Session-Expires': '90;refresher=uas', Allow: 'UPDATE' })
  const ended = new Promise((resolve) => dialog.on('destroy', resolve))
  phone.answer(await phone.request('UPDATE'), 481)
  phone.answer(await phone.request('BYE'), 481)
  await ended
})

void test('a session shorter than there may be: 422', async (t) => {
  const { phone } = await started(t)
  const caller = new Caller(phone, 'uas')
  caller.send('INVITE', { body: sdp, headers: { ...timed, 'Session-Expires': '60' } })
  const refusal = await caller.response(422)
  t.equal(refusal.get('Min-SE'), '90')
  caller.ack(refusal)
})

void test('a called phone that wants to be refreshed is', async (t) => {
  const { app, phone } = await started(t)
  const calling = app.srf.createUAC(phone.uri, { localSdp: sdp, headers: { Supported: 'timer' } })
  phone.answer(await phone.request('INVITE'), 200, {
    body: sdp,
    headers: { 'Session-Expires': '90;refresher=uac', Allow: 'UPDATE' },
  })
  const dialog = await calling
  await phone.request('ACK')
  phone.answer(await phone.request('UPDATE'), 200, { headers: { 'Session-Expires': '90;refresher=uac' } })
  void dialog.destroy()
  phone.answer(await phone.request('BYE'), 200)
})
