import { test } from 'tap'
import { Caller } from './support/caller.ts'
import { edgeUnderTest } from './support/edge-under-test.ts'
import { Phone } from './support/phone.ts'
import { sendFrom, srfApp } from './support/srf-app.ts'

void test('the application asks a phone for its OPTIONS', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const phone = await Phone.open(t, edge)
  const { sent, answer } = await sendFrom(srf, `sip:127.0.0.1:${phone.port}`, {
    method: 'OPTIONS',
    headers: { Subject: 'probe', 'X-Utf8': 'é✓' },
  })
  const options = await phone.request('OPTIONS')
  t.equal(options.get('X-Utf8'), 'é✓')
  t.equal(options.get('Subject'), 'probe')
  t.equal(options.from.uri, `sip:${phone.server}`)
  t.equal(options.to.uri, `sip:127.0.0.1:${phone.port}`)
  t.notOk(options.has('Contact'))
  t.equal(sent.get('Call-ID'), options.callId)
  phone.answer(options, 200, { headers: { Accept: 'application/sdp' } })
  const response = await answer
  t.equal(response.status, 200)
  t.equal(response.get('Accept'), 'application/sdp')
  t.equal(response.source_address, '127.0.0.1')
  t.equal(response.source_port, phone.port)
})

void test('a host without an address: 503', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const { answer } = await sendFrom(srf, 'sip:nobody@nohost.invalid', { method: 'OPTIONS' })
  t.equal((await answer).status, 503)
})

void test('a request-URI that is none is refused', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  await t.rejects(sendFrom(srf, 'sip:<<garbage', { method: 'OPTIONS' }), /invalid request-uri/)
})

void test('a request is repeated until it is answered, and not after', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const phone = await Phone.open(t, edge)
  const { answer } = await sendFrom(srf, phone.uri, { method: 'OPTIONS' })
  const first = await phone.request('OPTIONS')
  const second = await phone.request('OPTIONS')
  t.strictSame(second.toBuffer(), first.toBuffer())
  phone.answer(second, 200)
  t.equal((await answer).status, 200)
})

void test('a request that nobody answers: 408', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const phone = await Phone.open(t, edge)
  t.setTimeout(edge.patienceMs + 30_000)
  const { answer } = await sendFrom(srf, phone.uri, {
    method: 'MESSAGE',
    headers: { 'Content-Type': 'text/plain' },
    body: 'hello',
  })
  t.equal((await answer).status, 408)
})

void test('a registration of the application, with credentials', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const registrar = await Phone.open(t, edge)
  const asking = sendFrom(srf, `sip:127.0.0.1:${registrar.port}`, {
    method: 'REGISTER',
    headers: {
      From: 'sip:trunk@example.com',
      To: 'sip:trunk@example.com',
      Contact: 'sip:trunk@localhost',
      Expires: '300',
    },
    auth: { username: 'trunk', password: 'secret' },
  })
  const first = await registrar.request('REGISTER')
  t.equal(first.contacts[0]?.uri, `sip:trunk@${registrar.server}`)
  registrar.answer(first, 401, { headers: { 'WWW-Authenticate': 'Digest realm="r", nonce="n", qop="auth"' } })
  const second = await registrar.request('REGISTER')
  t.equal(second.callId, first.callId)
  t.equal(second.from.tag, first.from.tag)
  t.equal(second.cseq.number, first.cseq.number + 1)
  t.match(second.get('Authorization'), /^Digest username="trunk"/)
  registrar.answer(second, 200, { headers: { Contact: first.get('Contact') ?? '' } })
  const { answer } = await asking
  t.equal((await answer).status, 200)
})

void test('a body that is no SDP needs its Content-Type', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const phone = await Phone.open(t, edge)
  await t.rejects(sendFrom(srf, phone.uri, { method: 'MESSAGE', body: 'hello' }), /missing content-type/)
})

for (const [method, verb] of [
  ['OPTIONS', 'options'],
  ['MESSAGE', 'message'],
  ['NOTIFY', 'notify'],
  ['PUBLISH', 'publish'],
  ['INFO', 'info'],
  ['REFER', 'refer'],
] as const) {
  void test(`${method} from a phone, outside a dialog`, async (t) => {
    const edge = await edgeUnderTest(t)
    const app = await srfApp(t, edge, verb)
    const caller = new Caller(await Phone.open(t, edge), 'server')
    caller.send(method)
    const { request, response } = await app.asked(verb)
    t.equal(request.method, method)
    response.send(method === 'REFER' ? 202 : 200, { headers: { Allow: 'INVITE, ACK' } })
    const answer = await caller.response(0, method)
    t.equal(answer.get('Allow'), 'INVITE, ACK')
    t.ok(answer.to.tag)
  })
}

void test('a request that no application wants: 503', async (t) => {
  const edge = await edgeUnderTest(t)
  await srfApp(t, edge, 'invite')
  const caller = new Caller(await Phone.open(t, edge), 'server')
  caller.send('MESSAGE')
  await caller.response(503, 'MESSAGE')
})

void test('an INVITE when no application is connected: 503', async (t) => {
  const edge = await edgeUnderTest(t)
  const caller = new Caller(await Phone.open(t, edge), 'server')
  caller.send('INVITE')
  caller.ack(await caller.response(503, 'INVITE'))
})

void test('BYE and UPDATE without a dialog: 481', async (t) => {
  const edge = await edgeUnderTest(t)
  await srfApp(t, edge, 'bye', 'update')
  const caller = new Caller(await Phone.open(t, edge), 'server')
  caller.send('BYE')
  await caller.response(481, 'BYE')
  caller.send('UPDATE')
  await caller.response(481, 'UPDATE')
})

void test('an INVITE without hops left: 483', async (t) => {
  const edge = await edgeUnderTest(t)
  await srfApp(t, edge, 'invite')
  const caller = new Caller(await Phone.open(t, edge), 'server')
  caller.send('INVITE', { headers: { 'Max-Forwards': '0' } })
  caller.ack(await caller.response(483, 'INVITE'))
})

void test('one INVITE over two ways: the second is 482', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite')
  const caller = new Caller(await Phone.open(t, edge), 'server')
  caller.send('INVITE', { branch: 'z9hG4bKone' })
  const { response } = await app.asked('invite')
  caller.send('INVITE', { branch: 'z9hG4bKtwo', seq: 1 })
  const merged = await caller.response(482)
  t.equal(merged.topVia.branch, 'z9hG4bKtwo')
  caller.ack(merged)
  response.send(486)
  t.equal((await caller.response(486)).topVia.branch, 'z9hG4bKone')
})

void test('a response that nobody waits for is dropped', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'options')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'server')
  const lines = ['SIP/2.0 200 OK', `Via: SIP/2.0/UDP ${phone.server};branch=z9hG4bKnone`, 'From: <sip:a@b>;tag=1']
  phone.send(
    [...lines, 'To: <sip:c@d>;tag=2', 'Call-ID: x', 'CSeq: 1 INVITE', 'Content-Length: 0', '', ''].join('\r\n'),
  )
  caller.send('OPTIONS')
  const { response } = await app.asked('options')
  response.send(200)
  await caller.response(200)
  t.equal(phone.seen.length, 1)
})

void test('a request without mandatory headers: 400', async (t) => {
  const edge = await edgeUnderTest(t)
  const phone = await Phone.open(t, edge)
  const via = `Via: SIP/2.0/UDP 127.0.0.1:${phone.port};rport;branch=z9hG4bKbad`
  const lines = [
    'OPTIONS sip:x@127.0.0.1 SIP/2.0',
    via,
    'From: <sip:a@b>;tag=1',
    'To: <sip:x@127.0.0.1>',
    'Call-ID: bad',
  ]
  phone.send([...lines, 'CSeq: 1 INVITE', 'Content-Length: 0', '', ''].join('\r\n'))
  t.equal((await phone.response(400)).topVia.branch, 'z9hG4bKbad')
})

void test('an answer to a phone that did not ask for rport goes to the port it states', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'options')
  const phone = await Phone.open(t, edge)
  const other = await Phone.open(t, edge)
  const caller = new Caller(phone, 'server')
  const request = caller.make('OPTIONS', { rport: false })
  request.set('Via', `SIP/2.0/UDP 127.0.0.1:${other.port};branch=z9hG4bKstated`)
  phone.send(request)
  const { response } = await app.asked('options')
  response.send(200)
  t.equal((await other.response(200)).topVia.branch, 'z9hG4bKstated')
})

void test('an answer to a phone behind NAT goes where it came from', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'options')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'server')
  const request = caller.make('OPTIONS', { rport: false })
  request.set('Via', 'SIP/2.0/UDP 192.168.77.1:5060;branch=z9hG4bKnat')
  phone.send(request)
  const { response } = await app.asked('options')
  response.send(200)
  const answer = await phone.response(200)
  t.equal(answer.topVia.received, '127.0.0.1')
})
