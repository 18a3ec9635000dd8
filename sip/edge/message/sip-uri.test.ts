import { test } from 'tap'
import { Params } from './params.ts'
import { parseUri, SipUri, uriScheme } from './sip-uri.ts'

const wellFormed: readonly (readonly [text: string, parts: object])[] = [
  ['sip:alice@example.com', { scheme: 'sip', user: 'alice', host: 'example.com', port: undefined }],
  ['sip:example.com', { user: undefined, host: 'example.com' }],
  ['SIPS:Alice@Example.COM:5061', { scheme: 'sips', user: 'Alice', host: 'Example.COM', port: 5061 }],
  ['sip:alice:secret@example.com', { user: 'alice', password: 'secret' }],
  ['sip:alice:@example.com', { user: 'alice', password: '' }],
  ['sip:+1-212-555-1212;ext=7@gw.com;user=phone', { user: '+1-212-555-1212;ext=7', host: 'gw.com' }],
  ['sip:*43@10.0.0.1:5070;transport=TCP', { user: '*43', port: 5070, transport: 'tcp' }],
  ['sip:#21#@10.0.0.1', { user: '#21#' }],
  ['sip:%2343@10.0.0.1', { user: '#43' }],
  ['sip:%C3%BC@example.com', { user: 'ü' }],
  ['sip:%FC@example.com', { user: 'ü' }],
  ['sip:a@[2001:db8::1]:5060;lr', { host: '[2001:db8::1]', address: '2001:db8::1', port: 5060 }],
  ['sip:a@host_with_underscore', { host: 'host_with_underscore' }],
  ['sip:a@b;lr;', { host: 'b' }],
  ['sip:a@b?subject=x&Route=%3Csip:c%3E', { headers: 'subject=x&Route=%3Csip:c%3E' }],
  ['sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com', { host: 'atlanta.com' }],
]

for (const [text, parts] of wellFormed) {
  void test(`${text} is a SIP URI`, async (t) => {
    const uri = parseUri(text)
    t.match(uri, parts)
    if (uri) t.same(parseUri(uri.toString())?.toString(), uri.toString(), 'and the same after it was written')
  })
}

const malformed = [
  '',
  'sip:',
  'sip:@example.com',
  'alice@example.com',
  'tel:+12125551212',
  'sip:alice@',
  'sip:alice@example.com:',
  'sip:alice@example.com:99999',
  'sip:alice@example.com:x',
  'sip:al ice@example.com',
  'sip:alice@exa mple.com',
  'sip:al%zzice@example.com',
  'sip:al%4@example.com',
  'sip:alice@bob@example.com',
  'sip:<alice>@example.com',
  'sip:"alice"@example.com',
  'sip:alice@[2001:db8::1',
  'sip:alice@[2001:db8:::1]',
  'sip:alice@2001:db8::1',
  'sip:alice@example.com;p=%4',
  'sip:alice@example.com;p="x"',
  'sip:alice@example.com;p=a b',
  'sip:alice@example.com?h=%4',
  'sip:alice@example.com\r\nX: y',
]

for (const text of malformed) {
  void test(`${JSON.stringify(text)} is no SIP URI`, async (t) => {
    t.equal(parseUri(text), undefined)
  })
}

void test('a URI is written with what it was made of, escaped', async (t) => {
  const uri = new SipUri({ user: 'a b/ü#', host: 'example.com', port: 5080, params: Params.none.with('lr', true) })
  t.equal(uri.toString(), 'sip:a%20b/%C3%BC%23@example.com:5080;lr')
  t.equal(uri.with({ user: undefined, params: Params.none }).toString(), 'sip:example.com:5080')
  t.equal(uri.user, 'a b/ü#')
})

void test('parameters of a URI are found in any case', async (t) => {
  const uri = parseUri('sip:a@b;Transport=udp;LR;maddr=10.0.0.1')
  t.equal(uri?.params.get('transport'), 'udp')
  t.ok(uri?.params.has('lr'))
  t.equal(uri?.params.get('lr'), '')
  t.equal(uri?.params.get('ttl'), undefined)
})

const schemes: readonly (readonly [string, string | undefined])[] = [
  ['sip:a@b', 'sip'],
  ['TEL:+1', 'tel'],
  ['soap.beep://x', 'soap.beep'],
  ['urn:service:sos', 'urn'],
  ['nothing', undefined],
  ['1a:b', undefined],
  ['x:', undefined],
]

void test('the scheme is what stands before the colon', async (t) => {
  for (const [text, scheme] of schemes) t.equal(uriScheme(text), scheme, text)
})
