import { test } from 'tap'
import { nearest } from './did-you-mean.ts'
import { isHost, isNetwork, parseControlTarget, parseListenPoint, parsePortRange } from './parse-values.ts'

void test('listening points', async (t) => {
  t.same(parseListenPoint('udp:0.0.0.0:5060'), { protocol: 'udp', host: '0.0.0.0', port: 5060 })
  t.same(parseListenPoint('TLS:[::]:5061'), { protocol: 'tls', host: '::', port: 5061 })
  const wrong = [
    '',
    'udp',
    'udp:1.2.3.4',
    'udp:1.2.3.4:',
    'udp:1.2.3.4:65536',
    'udp:[1.2.3.4]:1',
    'ws:1.2.3.4:1',
    'udp:1.2.3:1',
  ]
  for (const text of wrong) t.equal(parseListenPoint(text), undefined, text)
})

void test('port ranges', async (t) => {
  t.same(parsePortRange('16384-32767'), { from: 16_384, to: 32_767 })
  t.same(parsePortRange(' 1 - 2 '), { from: 1, to: 2 })
  for (const text of ['', '1', '1-', '-2', '1-2-3', 'a-b', '1-99999']) t.equal(parsePortRange(text), undefined, text)
})

void test('control targets', async (t) => {
  t.same(parseControlTarget('localhost:9022:cymru'), { host: 'localhost', port: 9022, secret: 'cymru' })
  t.same(parseControlTarget('[::1]:8021:a:b'), { host: '::1', port: 8021, secret: 'a:b' })
  for (const text of ['', 'host', 'host:1', 'host:1:', ':1:x', 'host:x:y', 'host:0:y']) {
    t.equal(parseControlTarget(text), undefined, text)
  }
})

void test('hosts', async (t) => {
  for (const host of ['localhost', 'pbx.example.org', '192.0.2.1', '2001:db8::1', 'a-b']) t.ok(isHost(host), host)
  for (const host of ['', 'a b', '-a', 'a-', 'a..b', '1.2.3', '256.1.1.1', 'a_b', 'x'.repeat(64)])
    t.notOk(isHost(host), host)
})

void test('networks', async (t) => {
  for (const text of ['192.0.2.1', '192.0.2.0/24', '0.0.0.0/0', '::1', '2001:db8::/32', '::/128']) {
    t.ok(isNetwork(text), text)
  }
  for (const text of [
    '',
    'localhost',
    '192.0.2/24',
    '192.0.2.0/33',
    '::/129',
    '192.0.2.0/',
    '1.2.3.4/8/8',
    'fe80::1%a',
  ]) {
    t.notOk(isNetwork(text), text)
  }
})

void test('what a mistyped word stands for', async (t) => {
  const known = ['http', 'https', 'sip', 'media']
  t.equal(nearest('htpp', known), 'http')
  t.equal(nearest('MEDAI', known), 'media')
  t.equal(nearest('voicemail', known), undefined)
  t.equal(nearest('x', []), undefined)
})
