import { test } from 'tap'
import { NameAddr } from './name-addr.ts'
import { parseMessage } from './parse-message.ts'
import { HeaderUnusable } from './sip-message.ts'
import { SipRequest } from './sip-request.ts'
import { SipResponse } from './sip-response.ts'
import { stampReceived } from './stamp-received.ts'

const headers = {
  Via: ['SIP/2.0/UDP p.example;branch=z9hG4bK2', 'SIP/2.0/UDP a.example;rport;branch=z9hG4bK1'],
  'Record-Route': '<sip:p.example;lr>',
  From: '<sip:alice@a.example>;tag=1',
  To: '<sip:bob@b.example>',
  'Call-ID': 'c1',
  CSeq: '1 INVITE',
  Timestamp: '54',
  Contact: '<sip:alice@10.0.0.1>',
}

function invite(): SipRequest {
  return SipRequest.create({ method: 'INVITE', uri: 'sip:bob@b.example', headers, body: 'v=0\r\n' })
}

void test('a request is written in order, names in canonical spelling, with its length', async (t) => {
  const request = SipRequest.create({
    method: 'BYE',
    uri: 'sip:b',
    headers: [
      ['call-id', 'x'],
      ['CSEQ', '1 BYE'],
      ['from', '<sip:a>'],
      ['www-authenticate', 'Digest realm="x"'],
      ['x-Own', 'y'],
      ['content-length', '99'],
    ],
    body: 'ü',
  })
  t.equal(
    request.toString(),
    'BYE sip:b SIP/2.0\r\nCall-ID: x\r\nCSeq: 1 BYE\r\nFrom: <sip:a>\r\nWWW-Authenticate: Digest realm="x"\r\nx-Own: y\r\n' +
      'Content-Length: 2\r\n\r\nü',
  )
})

void test('headers are set, added, put before, and removed by any of their names', async (t) => {
  const request = invite()
  request.set('f', '<sip:carol@c>;tag=9').add('Route', '<sip:r1>').add('route', '<sip:r2>, <sip:r3>')
  t.equal(request.from.tag, '9')
  request.prepend('ROUTE', '<sip:r0>')
  t.same(request.values('Route'), ['<sip:r0>', '<sip:r1>', '<sip:r2>', '<sip:r3>'])
  request.removeFirst('Route').removeFirst('Route').removeFirst('Route')
  t.same(request.values('Route'), ['<sip:r3>'])
  request.removeFirst('Route').removeFirst('Route')
  t.notOk(request.has('Route'))
  request.setFirst('v', 'SIP/2.0/TCP new')
  t.same(
    request.vias.map((via) => via.host),
    ['new', 'a.example'],
  )
  request.set('Via', ['SIP/2.0/UDP x', 'SIP/2.0/UDP y']).remove('timestamp').set('Expires', 60).set('Contact', [])
  t.equal(request.topVia.host, 'x')
  t.equal(request.expires, 60)
  t.same(request.contacts, [])
  t.same(
    [...request.headers()].map(([name]) => name),
    ['Via', 'Via', 'Record-Route', 'From', 'To', 'Call-ID', 'CSeq', 'Expires'],
  )
})

void test('what was read from a header is forgotten when that header changes', async (t) => {
  const request = invite()
  t.equal(request.callId, 'c1')
  t.equal(request.set('i', 'c2').callId, 'c2')
  t.equal(request.cseq.number, 1)
  t.equal(request.set('cseq', '2 INVITE').cseq.number, 2)
  t.equal(request.to.tag, undefined)
  t.equal(request.set('to', request.to.withTag('z').toString()).to.tag, 'z')
  t.equal(request.contacts.length, 1)
  t.equal(request.add('m', '<sip:other@o>').contacts.length, 2)
  request.uri = 'sip:carol@c'
  t.equal(request.sipUri?.user, 'carol')
  request.method = 'UPDATE'
  t.match(request.toString(), /^UPDATE sip:carol@c SIP\/2.0\r\n/)
})

void test('lists are split where they are lists, and only there', async (t) => {
  const request = invite()
  request.set('Supported', '100rel, timer').add('k', 'path').set('Subject', 'a, b').set('X-Own', 'c, d')
  request.set('WWW-Authenticate', 'Digest realm="a", nonce="b"').set('m', '"A, B" <sip:a@b>, <sip:c@d,e>')
  t.same(request.values('Supported'), ['100rel', 'timer', 'path'])
  t.same(request.values('Subject'), ['a, b'])
  t.same(request.values('X-Own'), ['c, d'])
  t.same(request.values('WWW-Authenticate').length, 1)
  t.same(
    request.contacts.map((contact) => [contact.displayName, contact.uri]),
    [
      ['A, B', 'sip:a@b'],
      [undefined, 'sip:c@d,e'],
    ],
  )
})

void test('a response copies what RFC 3261 8.2.6 says', async (t) => {
  const names = (status: number, method = 'INVITE') => {
    const request = invite()
    request.method = method
    return [...SipResponse.to(request, status).headers()].map(([name]) => name)
  }
  const always = ['Via', 'Via', 'From', 'To', 'Call-ID', 'CSeq']
  const inDialog = ['Via', 'Via', 'Record-Route', 'From', 'To', 'Call-ID', 'CSeq']
  t.same(names(100), [...always, 'Timestamp'])
  t.same(names(180), inDialog)
  t.same(names(200), inDialog)
  t.same(names(486), always)
  t.same(names(200, 'OPTIONS'), always)
  t.match(SipResponse.to(invite(), 486).toString(), /^SIP\/2\.0 486 Busy Here\r\n/)
  t.match(SipResponse.to(invite(), 499, 'Strange').toString(), /^SIP\/2\.0 499 Strange\r\n/)
  t.match(SipResponse.create({ status: 299 }).toString(), /^SIP\/2\.0 299 OK\r\n/)
})

void test('the headers of a parsed request are copied as they stand', async (t) => {
  const lines = [
    'REGISTER sip:b SIP/2.0',
    'v: SIP/2.0/UDP a;branch=z9hG4bK1',
    'f: <sip:a@b> ; tag=1',
    't: <sip:a@b>',
    'Call-id:   c1',
    'Max-Forwards: 70',
    'CSeq: 1 REGISTER',
    'l: 0',
  ]
  const outcome = parseMessage(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`))
  if (!outcome.ok || outcome.message.kind !== 'request') throw new Error('refused')
  t.equal(
    SipResponse.to(outcome.message, 200).toString(),
    ['SIP/2.0 200 OK', ...lines.slice(1, 5), lines[6], 'Content-Length: 0', '', ''].join('\r\n'),
  )
})

void test('a line break in a value cannot make a header', async (t) => {
  const text = invite().set('Subject', 'a\r\nX-Evil: b\n\nc').toString()
  t.match(text, /Subject: a X-Evil: b c\r\n/)
})

void test('nor can one in the start line, or a name', async (t) => {
  const request = SipRequest.create({ method: 'INFO', uri: 'sip:a\r\nX-Evil: b' })
  t.match(request.toString(), /^INFO sip:a X-Evil: b SIP\/2\.0\r\n/)
  t.match(SipResponse.create({ status: 200, reason: 'OK\nX-Evil: b' }).toString(), /^SIP\/2\.0 200 OK X-Evil: b\r\n/)
  t.throws(() => request.set('X\r\nY', 'z'), TypeError)
})

void test('a clone goes its own way', async (t) => {
  const request = invite()
  const copy = request.clone()
  copy.set('Call-ID', 'other').removeFirst('Via')
  copy.uri = 'sip:else'
  copy.body = 'w'
  t.equal(request.callId, 'c1')
  t.equal(request.vias.length, 2)
  t.equal(request.uri, 'sip:bob@b.example')
  t.equal(request.body.toString(), 'v=0\r\n')
  t.equal(SipResponse.to(request, 200).clone().status, 200)
})

void test('absent and malformed headers', async (t) => {
  const empty = SipRequest.create({ method: 'INFO', uri: 'tel:+1' })
  for (const read of [() => empty.callId, () => empty.from, () => empty.to, () => empty.cseq, () => empty.topVia]) {
    t.throws(read, HeaderUnusable)
  }
  t.equal(empty.sipUri, undefined)
  t.same(empty.vias, [])
  t.same(empty.contacts, [])
  t.equal(empty.expires, undefined)
  t.equal(empty.maxForwards, undefined)
  t.equal(empty.contentType, undefined)
  empty.set('Route', ['<sip:a>', 'nonsense'])
  t.throws(() => empty.addresses('Route'), HeaderUnusable)
})

void test('numbers too large to mean anything are bounded', async (t) => {
  const request = invite()
    .set('Expires', '99999999999999999999')
    .set('Max-Forwards', '300')
    .set('Min-Expires', '60 (x)')
  t.equal(request.expires, 2 ** 32 - 1)
  t.equal(request.maxForwards, 255)
  t.equal(request.seconds('Min-Expires'), 60)
})

void test('a star as Contact', async (t) => {
  t.ok(invite().set('Contact', '*').isContactStar)
  t.same(invite().set('m', '*').contacts, [])
  t.notOk(invite().isContactStar)
})

void test('the media type without parameters, in lower case', async (t) => {
  t.equal(invite().set('c', 'Multipart/Mixed;boundary=x').contentType, 'multipart/mixed')
})

const stamps: readonly (readonly [via: string, address: string, port: number, stamped: string])[] = [
  ['SIP/2.0/UDP 10.0.0.1:5060;branch=x', '10.0.0.1', 5060, 'SIP/2.0/UDP 10.0.0.1:5060;branch=x'],
  ['SIP/2.0/UDP a;branch=x', '10.0.0.1', 5060, 'SIP/2.0/UDP a;branch=x;received=10.0.0.1'],
  ['SIP/2.0/UDP 10.0.0.1;rport;branch=x', '10.0.0.1', 9, 'SIP/2.0/UDP 10.0.0.1;rport=9;branch=x;received=10.0.0.1'],
  ['SIP/2.0/UDP 10.0.0.1;branch=x;rport', '10.0.0.2', 9, 'SIP/2.0/UDP 10.0.0.1;branch=x;rport=9;received=10.0.0.2'],
  ['SIP/2.0/TCP [2001:db8::1];branch=x', '2001:db8::1', 9, 'SIP/2.0/TCP [2001:db8::1];branch=x'],
  ['SIP/2.0/TCP [2001:db8::1];branch=x', '2001:db8::2', 9, 'SIP/2.0/TCP [2001:db8::1];branch=x;received=2001:db8::2'],
  ['SIP/2.0/UDP a;received=6.6.6.6;branch=x', '10.0.0.1', 9, 'SIP/2.0/UDP a;received=10.0.0.1;branch=x'],
]

for (const [via, address, port, stamped] of stamps) {
  void test(`${via} from ${address}:${port}`, async (t) => {
    const request = invite().setFirst('Via', via)
    stampReceived(request, address, port)
    t.same(request.values('Via'), [stamped, headers.Via[1]])
    t.equal(request.topVia.toString(), stamped)
  })
}

void test('addresses made of parts go into headers', async (t) => {
  const contact = new NameAddr({ uri: 'sip:a@b', displayName: 'Ä B' })
  t.equal(invite().set('Contact', contact.toString()).contacts[0]?.displayName, 'Ä B')
})
