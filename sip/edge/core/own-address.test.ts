import { networkInterfaces } from 'node:os'
import { test } from 'tap'
import { OwnAddresses, ownUri } from './own-address.ts'

const point = { protocol: 'udp', host: '0.0.0.0', port: 5060 } as const

void test('a point with an address of its own is reached there', (t) => {
  const own = new OwnAddresses(() => 0)
  t.match(own.towards('198.51.100.1', { ...point, host: '192.0.2.1' }), { host: '192.0.2.1', port: 5060 })
  t.match(own.towards('2001:db8::9', { ...point, host: '2001:db8::1' }), { host: '[2001:db8::1]' })
  t.end()
})

void test('a point on all addresses is reached at the one next to the peer', (t) => {
  const own = new OwnAddresses(() => 0)
  t.equal(own.towards('127.0.0.1', point).host, '127.0.0.1')
  t.equal(own.towards('127.8.8.8', point).host, '127.0.0.1')
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((info) => info?.family === 'IPv4' && !info.internal)
  if (outside) {
    t.equal(own.towards(outside.address, point).host, outside.address)
    t.not(own.towards('198.51.100.1', point).host, '127.0.0.1')
  }
  t.equal(own.towards('::1', { ...point, host: '::' }).host, '[::1]')
  t.end()
})

void test('what the operator advertises goes first', (t) => {
  const cases: [advertise: string, host: string, port: number][] = [
    ['pbx.example.com', 'pbx.example.com', 5060],
    ['203.0.113.5:5099', '203.0.113.5', 5099],
    ['[2001:db8::5]:5099', '[2001:db8::5]', 5099],
    ['2001:db8::5', '[2001:db8::5]', 5060],
  ]
  for (const [advertise, host, port] of cases) {
    t.match(new OwnAddresses(() => 0).towards('198.51.100.1', { ...point, advertise }), { host, port }, advertise)
  }
  t.end()
})

void test('as a URI', (t) => {
  const own = { protocol: 'udp', host: '192.0.2.1', port: 5060 } as const
  t.equal(ownUri(own), 'sip:192.0.2.1:5060')
  t.equal(ownUri(own, 'bob'), 'sip:bob@192.0.2.1:5060')
  t.equal(ownUri({ ...own, protocol: 'tcp' }), 'sip:192.0.2.1:5060;transport=tcp')
  t.equal(ownUri({ ...own, protocol: 'wss' }), 'sip:192.0.2.1:5060;transport=ws')
  t.end()
})
