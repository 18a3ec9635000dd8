import { test } from 'tap'
import { Caller, otherSdp, sdp } from './support/caller.ts'
import { edgeUnderTest } from './support/edge-under-test.ts'
import { Phone } from './support/phone.ts'
import { srfApp } from './support/srf-app.ts'

for (const transport of ['udp', 'tcp'] as const) {
  void test(`a call over ${transport} is answered and ended by the caller`, async (t) => {
    const edge = await edgeUnderTest(t)
    const app = await srfApp(t, edge, 'invite')
    const phone = await Phone.open(t, edge, { transport })
    const caller = new Caller(phone, 'uas')
    caller.send('INVITE', { body: sdp })
    t.equal((await caller.response(100)).to.tag, undefined, '100 Trying at once, without a tag')

    const { request, response } = await app.asked('invite')
    t.equal(request.body, sdp)
    t.equal(request.get('Content-Type'), 'application/sdp')
    response.send(180)
    const ringing = await caller.response(180)
    t.ok(ringing.to.tag)

    const dialog = await app.srf.createUAS(request, response, { localSdp: otherSdp, headers: { 'X-Probe': 'uas' } })
    const ok = await caller.response(200)
    t.equal(ok.to.tag, ringing.to.tag, 'one dialog, one tag')
    t.equal(ok.body.toString(), otherSdp)
    t.equal(ok.get('Content-Type'), 'application/sdp')
    t.equal(ok.get('X-Probe'), 'uas')
    const contact = ok.contacts[0]?.sip
    t.equal(`${contact?.host}:${contact?.port}`, phone.server)
    t.equal(contact?.transport, transport === 'tcp' ? 'tcp' : undefined)
    t.equal(dialog.id, `${caller.callId};from-tag=${caller.fromTag}`)
    t.equal(dialog.sip.localTag, ok.to.tag)

    const acked = new Promise((resolve) => dialog.on('ack', resolve))
    caller.ack(ok)
    await acked

    const ended = new Promise((resolve) => dialog.on('destroy', resolve))
    caller.send('BYE')
    t.equal((await caller.response(200, 'BYE')).cseq.number, 2)
    await ended
  })
}

void test('a call is ended by the application', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'uas')
  caller.send('INVITE', { body: sdp })
  const { request, response } = await app.asked('invite')
  const dialog = await app.srf.createUAS(request, response, { localSdp: sdp })
  const ok = await caller.response(200)
  caller.ack(ok)

  const destroyed = dialog.destroy({ headers: { 'X-Reason': 'probe' } })
  const bye = await phone.request('BYE')
  t.equal(bye.uri, phone.uri)
  t.equal(bye.callId, caller.callId)
  t.equal(bye.from.tag, ok.to.tag)
  t.equal(bye.to.tag, caller.fromTag)
  t.ok(bye.cseq.number >= 1)
  t.equal(bye.get('X-Reason'), 'probe')
  t.equal(bye.get('Max-Forwards'), '70')
  t.match(bye.topVia.branch, /^z9hG4bK/)
  phone.answer(bye, 200)
  await destroyed
})

void test('an early dialog has one tag however often it rings, and headers of each answer pass', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'uas')
  caller.send('INVITE', { body: sdp })
  const { response } = await app.asked('invite')
  response.send(180)
  response.send(183, { body: sdp, headers: { 'X-Early': 'yes' } })
  const ringing = await caller.response(180)
  const progress = await caller.response(183)
  t.equal(progress.to.tag, ringing.to.tag)
  t.equal(progress.body.toString(), sdp)
  t.equal(progress.get('X-Early'), 'yes')
  response.send(480)
  const refusal = await caller.response(480)
  t.equal(refusal.to.tag, ringing.to.tag)
  caller.ack(refusal)
})

void test('the application may choose the To tag', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'uas')
  caller.send('INVITE', { body: sdp })
  const { request, response } = await app.asked('invite')
  response.send(183, { headers: { To: `${request.get('To')};tag=mine` } })
  t.equal((await caller.response(183)).to.tag, 'mine')
  response.send(486)
  const refusal = await caller.response(486)
  t.equal(refusal.to.tag, 'mine')
  caller.ack(refusal)
})

for (const [status, reason] of [
  [302, 'Moved Temporarily'],
  [404, 'Not Found'],
  [486, 'Busy Here'],
  [503, 'Service Unavailable'],
  [603, 'Decline'],
] as const) {
  void test(`a call is refused with ${status}`, async (t) => {
    const edge = await edgeUnderTest(t)
    const app = await srfApp(t, edge, 'invite')
    const phone = await Phone.open(t, edge)
    const caller = new Caller(phone, 'reject')
    caller.send('INVITE', { body: sdp })
    const { response } = await app.asked('invite')
    response.send(status, reason, { headers: { 'X-Reason': 'probe' } })
    const refusal = await caller.response(status)
    t.equal(refusal.reason, reason)
    t.equal(refusal.get('X-Reason'), 'probe')
    t.ok(refusal.to.tag)
    caller.ack(refusal)
  })
}

void test('a refusal is repeated until the ACK, and not after', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'reject')
  caller.send('INVITE', { body: sdp })
  const { response } = await app.asked('invite')
  response.send(486)
  await caller.response(486)
  const again = await caller.response(486)
  caller.ack(again)
  await new Promise((resolve) => setTimeout(resolve, edge.t1Ms * 6))
  t.strictSame(
    phone.responses.left.filter(({ status }) => status === 486),
    [],
  )
})

void test('a 200 is repeated until the ACK, and not after', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'uas')
  caller.send('INVITE', { body: sdp })
  const { request, response } = await app.asked('invite')
  const dialog = await app.srf.createUAS(request, response, { localSdp: sdp })
  let acks = 0
  dialog.on('ack', () => acks++)
  await caller.response(200)
  const again = await caller.response(200)
  t.equal(again.body.toString(), sdp)
  caller.ack(again)
  caller.ack(again)
  await new Promise((resolve) => setTimeout(resolve, edge.t1Ms * 6))
  t.strictSame(
    phone.responses.left.filter(({ status }) => status === 200),
    [],
  )
  t.equal(acks, 1, 'the application hears of one ACK')
})

void test('without an ACK the server ends the call and tells the application', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'uas')
  caller.send('INVITE', { body: sdp })
  const { request, response } = await app.asked('invite')
  const dialog = await app.srf.createUAS(request, response, { localSdp: sdp })
  const ended = new Promise<string | undefined>((resolve) => dialog.on('destroy', (_bye, reason) => resolve(reason)))
  await caller.response(200)
  const bye = await phone.request('BYE', edge.patienceMs + 4_000)
  phone.answer(bye, 200)
  t.match(await ended, /ack/i)
})

void test('an INVITE without an offer: the offer is in the 200 and the answer in the ACK', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'uas')
  caller.send('INVITE')
  const { request, response } = await app.asked('invite')
  const dialog = await app.srf.createUAS(request, response, { localSdp: sdp })
  const acked = new Promise<string>((resolve) => dialog.on('ack', (ack) => resolve(ack.body)))
  caller.ack(await caller.response(200), { body: otherSdp })
  t.equal(await acked, otherSdp)
})

void test('Record-Route of the request is in the answers, and the dialog takes that way', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite')
  const phone = await Phone.open(t, edge)
  const proxy = await Phone.open(t, edge)
  const caller = new Caller(phone, 'uas')
  const routes = [`<sip:127.0.0.1:${proxy.port};lr>`, '<sip:far.example.com;lr>']
  caller.send('INVITE', { body: sdp, headers: { 'Record-Route': routes } })
  const { request, response } = await app.asked('invite')
  const dialog = await app.srf.createUAS(request, response, { localSdp: sdp })
  const ok = await caller.response(200)
  t.strictSame(ok.values('Record-Route'), routes)
  caller.ack(ok)
  void dialog.destroy()
  const bye = await proxy.request('BYE')
  t.strictSame(bye.values('Route'), routes)
  t.equal(bye.uri, phone.uri)
  proxy.answer(bye, 200)
})
