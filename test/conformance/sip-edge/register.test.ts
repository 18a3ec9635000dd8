import { test } from 'tap'
import { Caller } from './support/caller.ts'
import { edgeUnderTest } from './support/edge-under-test.ts'
import { Phone } from './support/phone.ts'
import { srfApp } from './support/srf-app.ts'

for (const transport of ['udp', 'tcp'] as const) {
  void test(`a REGISTER over ${transport} reaches the application and its answer the phone`, async (t) => {
    const edge = await edgeUnderTest(t)
    const app = await srfApp(t, edge, 'register')
    const phone = await Phone.open(t, edge, { transport })
    const caller = new Caller(phone, 'alice')
    const sent = caller.send('REGISTER', { uri: `sip:${phone.server}`, headers: { Expires: '300' } })

    const { request, response } = await app.asked('register')
    t.equal(request.method, 'REGISTER')
    t.equal(request.source, 'network')
    t.equal(request.protocol, transport)
    t.equal(request.source_address, '127.0.0.1')
    t.equal(request.source_port, transport === 'udp' ? phone.port : phone.connectionPort)
    t.equal(request.receivedOn, phone.server)
    t.match(request.stackTime, /^\d\d:\d\d:\d\d\.\d{6}$/)
    t.equal(request.stackDialogId, '', 'there is no dialog')
    response.send(200, { headers: { Contact: `<${phone.uri}>;expires=300`, Expires: '300' } })

    const answer = await caller.response(200)
    t.equal(answer.get('Contact'), `<${phone.uri}>;expires=300`)
    t.equal(answer.get('Expires'), '300')
    t.equal(answer.get('From'), sent.get('From'))
    t.equal(answer.get('CSeq'), sent.get('CSeq'))
    t.ok(answer.to.tag, 'the server adds a To tag')
    t.equal(answer.topVia.branch, sent.topVia.branch)
    t.equal(answer.topVia.rport, transport === 'udp' ? phone.port : phone.connectionPort)
    t.equal(answer.get('Content-Length'), '0')
  })
}

void test('a challenge passes through with its header, and the second attempt is a new transaction', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'register')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'alice')
  caller.send('REGISTER')
  const first = await app.asked('register')
  first.response.send(401, {
    headers: { 'WWW-Authenticate': 'Digest realm="probe", nonce="abc123", algorithm=MD5, qop="auth"' },
  })
  const challenge = await caller.response(401)
  t.equal(challenge.get('WWW-Authenticate'), 'Digest realm="probe", nonce="abc123", algorithm=MD5, qop="auth"')

  caller.send('REGISTER', { headers: { Authorization: 'Digest username="alice"' } })
  const second = await app.asked('register')
  t.not(second.request.stackTxnId, first.request.stackTxnId)
  t.equal(second.request.get('Authorization'), 'Digest username="alice"')
  second.response.send(200)
  t.equal((await caller.response(200)).cseq.number, 2)
})

void test('what the application learns of its answer', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'register')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'alice')
  caller.send('REGISTER')
  const { response } = await app.asked('register')
  const sent = new Promise<string>((resolve) => response.send(200, {}, (_error, message) => resolve(message.get('To'))))
  const answer = await caller.response(200)
  t.equal(await sent, answer.get('To'))
})

void test('a repeated REGISTER is answered again without asking the application again', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'register')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'alice')
  const sent = caller.send('REGISTER')
  const { response } = await app.asked('register')
  caller.repeat(sent)
  response.send(200)
  const first = await caller.response(200)
  caller.repeat(sent)
  const second = await caller.response(200)
  t.equal(second.to.tag, first.to.tag)
  t.strictSame(app.left('register'), [])
})

void test('a second final answer is refused', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'register')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'alice')
  caller.send('REGISTER')
  const { response } = await app.asked('register')
  response.send(403)
  await caller.response(403)
  const late = new Promise((resolve) => response.send(200, {}, (error) => resolve(error)))
  t.ok(await late)
})
