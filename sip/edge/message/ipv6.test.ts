import { test } from 'tap'
import { parseMessage } from './parse-message.ts'
import { SipRequest } from './sip-request.ts'

/** The messages of RFC 5118 4; what each has of its own, the rest being alike. */
function register(uri: string, via = 'SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111', contact = '2001:db8::1') {
  const head = [
    `REGISTER ${uri} SIP/2.0`,
    'To: sip:user@example.com',
    'From: sip:user@example.com;tag=81x2',
    `Via: ${via}`,
    'Call-ID: SSG9559905523997077@hlau_4100',
    'Max-Forwards: 70',
    `Contact: "Caller" <sip:caller@[${contact}]>`,
    'CSeq: 98176 REGISTER',
    'Content-Length: 0',
  ]
  return parseMessage(Buffer.from(`${head.join('\r\n')}\r\n\r\n`))
}

function request(...args: Parameters<typeof register>): SipRequest {
  const outcome = register(...args)
  if (!outcome.ok || outcome.message.kind !== 'request') throw new Error(`refused: ${JSON.stringify(outcome)}`)
  return outcome.message
}

void test('RFC 5118 4.1: an IPv6 reference', async (t) => {
  const message = request('sip:[2001:db8::10]')
  t.equal(message.sipUri?.host, '[2001:db8::10]')
  t.equal(message.sipUri?.address, '2001:db8::10')
  t.equal(message.topVia.host, '[2001:db8::9:1]')
  t.equal(message.contacts[0]?.sip?.host, '[2001:db8::1]')
})

void test('RFC 5118 4.2: an IPv6 address without brackets is refused', async (t) => {
  const outcome = register('sip:2001:db8::10')
  t.match(outcome, { ok: false, fault: { code: 'bad-uri' }, message: { method: 'REGISTER' } })
})

void test('RFC 5118 4.3, 4.4: the port stands outside the brackets', async (t) => {
  t.match(request('sip:[2001:db8::10:5070]').sipUri, { host: '[2001:db8::10:5070]', port: undefined })
  t.match(request('sip:[2001:db8::10]:5070').sipUri, { host: '[2001:db8::10]', port: 5070 })
})

void test('RFC 5118 4.5: received with and without brackets', async (t) => {
  const via = (received: string) => `SIP/2.0/UDP [2001:db8::9:1];received=${received};branch=z9hG4bKas3-111`
  t.equal(request('sip:[2001:db8::10]', via('[2001:db8::9:255]')).topVia.received, '2001:db8::9:255')
  t.equal(request('sip:[2001:db8::10]', via('2001:db8::9:255')).topVia.received, '2001:db8::9:255')
})

void test('RFC 5118 4.6 to 4.8: IPv6 in a body, and IPv4 and IPv6 together', async (t) => {
  const body = 'v=0\r\no=a 9 0 IN IP6 2001:db8::20\r\ns=-\r\nc=IN IP6 2001:db8::20\r\nt=0 0\r\n'
  const sent = SipRequest.create({
    method: 'INVITE',
    uri: 'sip:user@[2001:db8::10]',
    headers: {
      Via: [
        'SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bKas3-111',
        'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144',
        'SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200',
      ],
      To: 'sip:user@[2001:db8::10]',
      From: 'sip:user@example.com;tag=81x2',
      'Call-ID': 'SSG9559905523997077@hlau_4100',
      CSeq: '8612 INVITE',
      'Content-Type': 'application/sdp',
    },
    body,
  })
  const outcome = parseMessage(sent.toBuffer())
  if (!outcome.ok) throw new Error('refused')
  t.equal(outcome.message.body.toString(), body)
  t.same(
    outcome.message.vias.map((via) => [via.host, via.port, via.received]),
    [
      ['[2001:db8::9:1]', 6050, undefined],
      ['192.0.2.1', undefined, undefined],
      ['[2001:db8::9:255]', undefined, '192.0.2.200'],
    ],
  )
  t.equal(outcome.message.to.sip?.host, '[2001:db8::10]')
})

void test('RFC 5118 4.9: IPv4-mapped IPv6 addresses', async (t) => {
  const via = 'SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19'
  const message = request('sip:user@example.com', via, '::ffff:192.0.2.2')
  t.match(message.topVia, { host: '[::ffff:192.0.2.10]', port: 19823 })
  t.equal(message.contacts[0]?.sip?.address, '::ffff:192.0.2.2')
})

void test('RFC 5118 4.10: three colons, as the grammar of RFC 3261 allowed by mistake, are no address', async (t) => {
  t.match(register('sip:user@[2001:db8:::192.0.2.1]'), { ok: false, fault: { code: 'bad-uri' } })
})
