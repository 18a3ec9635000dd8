import { test } from 'tap'
import { parseUri } from '../message/sip-uri.ts'
import { hopOfUri, type Hop } from './hop.ts'

const cases: readonly (readonly [uri: string, hop: Partial<Hop> | undefined])[] = [
  ['sip:a@b.example', { host: 'b.example', port: undefined, protocol: undefined, isSecure: false }],
  ['sips:a@b.example', { protocol: undefined, isSecure: true }],
  ['sip:a@b.example:5070;transport=TCP', { port: 5070, protocol: 'tcp' }],
  ['sips:a@b.example;transport=tcp', { protocol: 'tls', isSecure: true }],
  ['sips:a@b.example;transport=ws', { protocol: 'wss' }],
  ['sip:a@b.example;transport=tls', { protocol: 'tls', isSecure: false }],
  ['sip:a@b.example;maddr=10.0.0.1', { host: '10.0.0.1' }],
  ['sip:a@[2001:db8::1]', { host: '2001:db8::1' }],
  ['sip:a@b.example;transport=sctp', undefined],
]

for (const [uri, hop] of cases) {
  void test(`where ${uri} wants to go`, async (t) => {
    const parsed = parseUri(uri)
    if (!parsed) throw new Error('malformed')
    if (hop) t.match(hopOfUri(parsed), hop)
    else t.equal(hopOfUri(parsed), undefined)
  })
}
