import { test } from 'tap'
import { parseUri } from '../message/sip-uri.ts'
import { nextHopOf } from './next-hop.ts'

void test('the next hop that a URI names', (t) => {
  const cases: [uri: string, hop: string | undefined][] = [
    ['sip:bob@192.0.2.1', 'udp 192.0.2.1 5060'],
    ['sip:bob@192.0.2.1:5080;transport=tcp', 'tcp 192.0.2.1 5080'],
    ['sip:example.com;transport=TLS', 'tls example.com 5061'],
    ['sips:bob@example.com', 'tls example.com 5061'],
    ['sips:bob@example.com;transport=tcp', 'tls example.com 5061'],
    ['sip:bob@example.com;transport=ws', 'ws example.com 80'],
    ['sips:bob@example.com;transport=ws', 'wss example.com 443'],
    ['sip:bob@[2001:db8::1]:5070', 'udp 2001:db8::1 5070'],
    ['sip:bob@example.com;maddr=192.0.2.7', 'udp 192.0.2.7 5060'],
    ['sip:bob@example.com;transport=sctp', undefined],
    ['tel:+15551234', undefined],
  ]
  for (const [uri, expected] of cases) {
    const hop = nextHopOf(parseUri(uri))
    t.equal(hop && `${hop.protocol} ${hop.host} ${hop.port}`, expected, uri)
  }
  t.end()
})
