import { test, type Test } from 'tap'
import { Caller, otherSdp, sdp } from './support/caller.ts'
import { edgeUnderTest } from './support/edge-under-test.ts'
import { Phone } from './support/phone.ts'
import { srfApp } from './support/srf-app.ts'

const reliable = { body: sdp, headers: { Require: '100rel' } }

/** A call from a phone that understands PRACK. */
async function called(t: Test, supported = '100rel, timer') {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite', 'prack')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'uas')
  caller.send('INVITE', { body: sdp, headers: { Supported: supported } })
  const { request, response } = await app.asked('invite')
  return { edge, app, phone, caller, request, response }
}

void test('a 183 that is acknowledged by PRACK', async (t) => {
  const { app, caller, request, response } = await called(t)
  response.send(183, reliable)
  const progress = await caller.response(183)
  t.strictSame(progress.values('Require'), ['100rel'])
  const rseq = progress.get('RSeq')
  t.match(rseq, /^\d+$/)
  t.ok(progress.has('Contact'))
  caller.send('PRACK', { headers: { RAck: `${rseq} 1 INVITE` } })
  const prack = await app.asked('prack')
  t.equal(prack.request.get('RAck'), `${rseq} 1 INVITE`)
  prack.response.send(200)
  await caller.response(200, 'PRACK')
  const dialog = await app.srf.createUAS(request, response, { localSdp: sdp })
  const ok = await caller.response(200, 'INVITE')
  t.equal(ok.to.tag, progress.to.tag)
  const acked = new Promise((resolve) => dialog.once('ack', resolve))
  caller.ack(ok)
  await acked
})

void test('it is repeated until the PRACK', async (t) => {
  const { app, phone, caller, response } = await called(t)
  response.send(183, reliable)
  const first = await caller.response(183)
  const second = await caller.response(183)
  t.equal(second.get('RSeq'), first.get('RSeq'))
  caller.send('PRACK', { headers: { RAck: `${first.get('RSeq')} 1 INVITE` } })
  const prack = await app.asked('prack')
  prack.response.send(200)
  await caller.response(200, 'PRACK')
  const before = phone.seen.length
  response.send(180)
  await caller.response(180)
  t.equal(phone.seen.length, before + 1)
})

void test('a PRACK of nothing is 481', async (t) => {
  const { caller, response } = await called(t)
  response.send(183, reliable)
  const progress = await caller.response(183)
  caller.send('PRACK', { headers: { RAck: `${Number(progress.get('RSeq')) + 7} 1 INVITE` } })
  await caller.response(481, 'PRACK')
})

void test('a caller that cannot PRACK gets no reliable answer', async (t) => {
  const { response } = await called(t, 'timer')
  const refused = await new Promise((resolve) => response.send(183, reliable, (error) => resolve(error)))
  t.match(String(refused), /100rel/)
})

void test('the second waits for the PRACK of the first, and has the next number', async (t) => {
  const { app, caller, response } = await called(t)
  response.send(183, reliable)
  response.send(180, { headers: { Require: '100rel' } })
  const first = await caller.response(183)
  caller.send('PRACK', { headers: { RAck: `${first.get('RSeq')} 1 INVITE` } })
  ;(await app.asked('prack')).response.send(200)
  const second = await caller.response(180)
  t.equal(Number(second.get('RSeq')), Number(first.get('RSeq')) + 1)
})

void test('the application acknowledges a phone that answers reliably', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const phone = await Phone.open(t, edge)
  const calling = srf.createUAC(phone.uri, { localSdp: sdp, headers: { Supported: '100rel' } })
  const invite = await phone.request('INVITE')
  phone.answer(invite, 183, { body: otherSdp, headers: { Require: '100rel', RSeq: '77' } })
  const prack = await phone.request('PRACK')
  t.equal(prack.get('RAck'), `77 ${invite.cseq.number} INVITE`)
  t.equal(prack.to.tag, 'phone-tag')
  t.equal(prack.cseq.number, invite.cseq.number + 1)
  t.equal(prack.uri, phone.uri)
  phone.answer(prack, 200)
  phone.answer(invite, 200, { body: otherSdp })
  await calling
  t.equal((await phone.request('ACK')).cseq.number, invite.cseq.number)
})

void test('UPDATE in an early dialog reaches the application', async (t) => {
  const { caller, request, response } = await called(t)
  response.send(183, { body: sdp })
  await caller.response(183)
  request.on('update', (update, answer) => answer.send(200, { body: update.body }))
  caller.send('UPDATE', { body: otherSdp })
  const ok = await caller.response(200, 'UPDATE')
  t.equal(ok.body.toString(), otherSdp)
})
