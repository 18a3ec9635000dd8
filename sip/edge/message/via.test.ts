import { test } from 'tap'
import { Params } from './params.ts'
import { parseVia, Via } from './via.ts'

const wellFormed: readonly (readonly [text: string, parts: object])[] = [
  ['SIP/2.0/UDP a.b;branch=z9hG4bK1', { transport: 'UDP', host: 'a.b', port: undefined, branch: 'z9hG4bK1' }],
  ['SIP/2.0/TCP 10.0.0.1:5070;branch=x', { transport: 'TCP', host: '10.0.0.1', port: 5070 }],
  ['SIP/2.0/udp a', { transport: 'UDP', branch: undefined, rport: undefined, received: undefined }],
  ['SIP / 2.0 / UDP first.example.com: 4000;ttl=16 ;maddr=224.2.0.1 ;branch=z', { port: 4000, branch: 'z' }],
  ['sip/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bK56sdasks', { transport: 'WSS' }],
  ['SIP/2.0/UDP [2001:db8::1]:5060;rport', { host: '[2001:db8::1]', port: 5060, rport: true }],
  ['SIP/2.0/UDP a;rport=1024;received=10.0.0.9', { rport: 1024, received: '10.0.0.9' }],
  ['SIP/2.0/UDP a;received=[2001:db8::9]', { received: '2001:db8::9' }],
  ['SIP/2.0/UDP a;BRANCH=z9hG4bK', { branch: 'z9hG4bK' }],
  ['SIP/2.0/UDP a;x="q;,uoted";branch=b', { branch: 'b' }],
]

for (const [text, parts] of wellFormed) {
  void test(`${text} is a Via`, async (t) => {
    const via = parseVia(text)
    t.match(via, parts)
    t.match(parseVia(via?.toString() ?? ''), parts, 'and means the same when written')
  })
}

const malformed = [
  '',
  'SIP/2.0/UDP',
  'SIP/2.0/UDP ',
  'SIP/2.0/ a',
  'SIP/3.0/UDP a',
  'HTTP/1.1/TCP a',
  'SIP/2.0/UDP a:;branch=x',
  'SIP/2.0/UDP a:99999',
  'SIP/2.0/UDP a:x',
  'SIP/2.0/UDP 2001:db8::1;branch=x',
  'SIP/2.0/UDP [2001:db8::1;branch=x',
  'SIP/2.0/UDP a b',
  'SIP/2.0/UDP a;;branch=x',
  'SIP/2.0/UDP a;branch="x',
  'SIP/2.0/UDP a;branch=x y',
  'SIP/2.0/UDP a@b',
]

for (const text of malformed) {
  void test(`${JSON.stringify(text)} is no Via`, async (t) => {
    t.equal(parseVia(text), undefined)
  })
}

void test('a Via is written with its transport in upper case', async (t) => {
  const via = new Via({ transport: 'udp', host: 'a', port: 5060, params: Params.none.with('branch', 'z9hG4bKx') })
  t.equal(via.toString(), 'SIP/2.0/UDP a:5060;branch=z9hG4bKx')
  t.equal(via.with({ port: undefined }).toString(), 'SIP/2.0/UDP a;branch=z9hG4bKx')
})
