import { test, type Test } from 'tap'
import { Caller, otherSdp, sdp } from './support/caller.ts'
import { edgeUnderTest } from './support/edge-under-test.ts'
import { Phone } from './support/phone.ts'
import { srfApp } from './support/srf-app.ts'

/** A caller whose INVITE the application forwards to phones. */
async function forwarding(t: Test, phones: number) {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite')
  const caller = new Caller(await Phone.open(t, edge), 'proxy')
  const callees = await Promise.all(Array.from({ length: phones }, () => Phone.open(t, edge)))
  caller.send('INVITE', { body: sdp })
  const { request } = await app.asked('invite')
  await caller.response(100)
  const to = (options: Record<string, unknown> = {}) =>
    app.srf.proxyRequest(
      request,
      callees.map(({ uri }) => uri),
      options,
    )
  const [one, two] = callees as [Phone, Phone]
  return { edge, app, caller, request, one, two, to }
}

void test('a request is forwarded and its answers come back', async (t) => {
  const { caller, one, to } = await forwarding(t, 1)
  const result = to()
  const invite = await one.request('INVITE')
  t.equal(invite.uri, one.uri)
  t.equal(invite.get('Max-Forwards'), '69')
  t.equal(invite.vias.length, 2)
  t.equal(invite.callId, caller.callId)
  t.equal(invite.body.toString(), sdp)
  t.notOk(invite.has('Record-Route'))
  one.answer(invite, 180)
  const ringing = await caller.response(180)
  t.equal(ringing.vias.length, 1)
  t.equal(ringing.contacts[0]?.uri, one.uri)
  one.answer(invite, 200, { body: otherSdp })
  const ok = await caller.response(200)
  t.equal(ok.body.toString(), otherSdp)
  const { connected, finalStatus, responses } = await result
  t.equal(connected, true)
  t.equal(finalStatus, 200)
  t.equal(responses[0]?.port, one.port)
})

void test('a 200 that is repeated comes through again', async (t) => {
  const { caller, one, to } = await forwarding(t, 1)
  void to()
  const invite = await one.request('INVITE')
  one.answer(invite, 200, { body: sdp })
  await caller.response(200)
  one.answer(invite, 200, { body: sdp })
  await caller.response(200)
})

void test('staying in the dialog: ACK and BYE come through too, both ways', async (t) => {
  const { caller, one, to } = await forwarding(t, 1)
  const result = to({ remainInDialog: true })
  const invite = await one.request('INVITE')
  const [recordRoute = ''] = invite.values('Record-Route')
  t.match(recordRoute, new RegExp(`^<sip:${caller.phone.server.replaceAll('.', '\\.')};lr`))
  one.answer(invite, 200, { body: sdp })
  const ok = await caller.response(200)
  t.strictSame(ok.values('Record-Route'), [recordRoute])
  caller.ack(ok)
  const ack = await one.request('ACK')
  t.equal(ack.vias.length, 2)
  t.strictSame(ack.values('Route'), [])
  caller.send('INFO')
  one.answer(await one.request('INFO'), 200)
  await caller.response(200, 'INFO')

  const callee = new Caller(one, 'caller', { callId: caller.callId, fromTag: ok.to.tag ?? '' })
  callee.toTag = caller.fromTag
  callee.target = caller.phone.uri
  callee.routes = [recordRoute]
  callee.send('BYE')
  const bye = await caller.phone.request('BYE')
  t.equal(bye.vias.length, 2)
  caller.phone.answer(bye, 200)
  await callee.response(200, 'BYE')
  t.equal((await result).connected, true)
})

void test('one after the other: the second is tried when the first refuses', async (t) => {
  const { caller, one, two, to } = await forwarding(t, 2)
  const result = to({ forking: 'sequential' })
  const first = await one.request('INVITE')
  one.answer(first, 486)
  t.equal((await one.request('ACK')).topVia.branch, first.topVia.branch)
  const second = await two.request('INVITE')
  t.not(second.topVia.branch, first.topVia.branch)
  two.answer(second, 200, { body: sdp })
  t.equal((await caller.response(200)).contacts[0]?.uri, two.uri)
  const { responses, finalStatus } = await result
  t.equal(finalStatus, 200)
  t.strictSame(
    responses.flatMap(({ msgs }) => msgs.map(({ status }) => status)),
    [486, 200],
  )
})

void test('all refuse: the caller gets the best refusal', async (t) => {
  const { caller, one, two, to } = await forwarding(t, 2)
  const result = to()
  one.answer(await one.request('INVITE'), 404)
  two.answer(await two.request('INVITE'), 503)
  const refusal = await caller.response(404)
  caller.ack(refusal)
  t.equal((await result).connected, false)
})

void test('at the same time: the first answer wins, the other is cancelled', async (t) => {
  const { caller, one, two, to } = await forwarding(t, 2)
  const result = to({ forking: 'simultaneous' })
  const [first, second] = [await one.request('INVITE'), await two.request('INVITE')]
  one.answer(first, 180)
  two.answer(second, 180)
  await caller.response(180)
  two.answer(second, 200, { body: sdp })
  await caller.response(200)
  const cancel = await one.request('CANCEL')
  t.equal(cancel.topVia.branch, first.topVia.branch)
  one.answer(cancel, 200)
  one.answer(first, 487)
  await one.request('ACK')
  t.equal((await result).connected, true)
})

void test('at the same time: a 603 ends the search', async (t) => {
  const { caller, one, two, to } = await forwarding(t, 2)
  void to({ forking: 'simultaneous' })
  const [first, second] = [await one.request('INVITE'), await two.request('INVITE')]
  one.answer(first, 180)
  await caller.response(180)
  two.answer(second, 603)
  one.answer(await one.request('CANCEL'), 200)
  one.answer(first, 487)
  caller.ack(await caller.response(603))
})

void test('the caller cancels: the branches are cancelled', async (t) => {
  const { caller, one, to } = await forwarding(t, 1)
  void to()
  const invite = await one.request('INVITE')
  one.answer(invite, 180)
  await caller.response(180)
  caller.cancel()
  await caller.response(200, 'CANCEL')
  one.answer(await one.request('CANCEL'), 200)
  one.answer(invite, 487)
  caller.ack(await caller.response(487))
})

void test('a target that says nothing in time is passed over', async (t) => {
  const { caller, one, two, to } = await forwarding(t, 2)
  const result = to({ provisionalTimeout: '300ms' })
  await one.request('INVITE')
  two.answer(await two.request('INVITE'), 200, { body: sdp })
  await caller.response(200)
  t.equal((await result).connected, true)
})

void test('a redirection is followed', async (t) => {
  const { edge, caller, one, to } = await forwarding(t, 1)
  const other = await Phone.open(t, edge)
  const result = to({ followRedirects: true })
  one.answer(await one.request('INVITE'), 302, { headers: { Contact: `<${other.uri}>` } })
  const invite = await other.request('INVITE')
  t.equal(invite.uri, other.uri)
  other.answer(invite, 200, { body: sdp })
  await caller.response(200)
  t.equal((await result).connected, true)
})

void test('a redirection is passed on when it is not to be followed', async (t) => {
  const { caller, one, to } = await forwarding(t, 1)
  void to()
  one.answer(await one.request('INVITE'), 302, { headers: { Contact: '<sip:elsewhere@example.com>' } })
  const redirection = await caller.response(302)
  t.equal(redirection.contacts[0]?.uri, 'sip:elsewhere@example.com')
  caller.ack(redirection)
})

void test('a MESSAGE is forwarded', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'message')
  const [phone, other] = [await Phone.open(t, edge), await Phone.open(t, edge, { transport: 'tcp' })]
  const caller = new Caller(phone, 'friend')
  caller.send('MESSAGE', { headers: { 'X-Text': 'hello' } })
  const { request } = await app.asked('message')
  const result = app.srf.proxyRequest(request, other.uri, {})
  const forwarded = await other.request('MESSAGE')
  t.equal(forwarded.topVia.transport, 'TCP')
  t.equal(forwarded.get('X-Text'), 'hello')
  other.answer(forwarded, 200)
  await caller.response(200, 'MESSAGE')
  t.equal((await result).connected, true)
})

void test('a request that comes round unchanged is a loop: 482', async (t) => {
  const edge = await edgeUnderTest(t)
  if (!edge.builtIn) return
  const app = await srfApp(t, edge, 'invite')
  const [phone, other] = [await Phone.open(t, edge), await Phone.open(t, edge)]
  const caller = new Caller(phone, 'loop')
  caller.send('INVITE')
  const first = await app.asked('invite')
  void app.srf.proxyRequest(first.request, `sip:loop@127.0.0.1:${other.port}`, {})
  const forwarded = await other.request('INVITE')
  forwarded.uri = first.request.uri
  other.send(forwarded.prepend('Via', `SIP/2.0/UDP 127.0.0.1:${other.port};rport;branch=z9hG4bKround`))
  const second = await app.asked('invite')
  void app.srf.proxyRequest(second.request, `sip:loop@127.0.0.1:${other.port}`, {})
  t.equal((await other.response(482)).topVia.branch, 'z9hG4bKround')
})

void test('a request may not be split into more branches than its Max-Breadth: 440', async (t) => {
  const edge = await edgeUnderTest(t)
  if (!edge.builtIn) return
  const app = await srfApp(t, edge, 'invite')
  const caller = new Caller(await Phone.open(t, edge), 'broad')
  const callee = await Phone.open(t, edge)
  caller.send('INVITE', { headers: { 'Max-Breadth': '1' } })
  const { request } = await app.asked('invite')
  const to = [callee.uri, 'sip:127.0.0.1:9']
  void app.srf.proxyRequest(request, to, { forking: 'simultaneous' })
  caller.ack(await caller.response(440))
  t.strictSame(callee.seen, [])
})

void test('nobody relays through the server: a Route that it never gave out is not followed', async (t) => {
  const edge = await edgeUnderTest(t)
  await srfApp(t, edge, 'invite')
  const [phone, victim] = [await Phone.open(t, edge), await Phone.open(t, edge)]
  const caller = new Caller(phone, 'victim')
  caller.toTag = 'made-up'
  caller.target = victim.uri
  caller.routes = [`<sip:${phone.server};lr>`]
  caller.send('BYE')
  await caller.response(481, 'BYE')
  t.strictSame(victim.seen, [])
})
