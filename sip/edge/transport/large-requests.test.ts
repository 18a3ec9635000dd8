import { createServer } from 'node:net'
import { once } from 'node:events'
import { test } from 'tap'
import { FakeClock } from '../../../core/fake-clock.ts'
import { LargeRequests, largestUdpRequest } from './large-requests.ts'
import { portOf, testTransport } from './testing/test-transport.ts'

void test('a large request goes over TCP, a small one over UDP, and other protocols as they are', async (t) => {
  const alice = await testTransport(t)
  const bob = await testTransport(t)
  const large = new LargeRequests(alice, new FakeClock())
  const target = { protocol: 'udp', address: '127.0.0.1', port: portOf(bob, 'tcp') } as const
  t.equal((await large.flowTo(target, largestUdpRequest)).protocol, 'udp')
  t.equal((await large.flowTo(target, largestUdpRequest + 1)).protocol, 'tcp')
  t.equal((await large.flowTo({ ...target, protocol: 'tcp' }, 10)).protocol, 'tcp')
})

void test('a peer without TCP gets it over UDP all the same, and is asked again after ten minutes', async (t) => {
  const alice = await testTransport(t)
  const clock = new FakeClock()
  const large = new LargeRequests(alice, clock)
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  server.close()
  await once(server, 'close')
  const target = { protocol: 'udp', address: '127.0.0.1', port } as const
  t.equal((await large.flowTo(target, 5_000)).protocol, 'udp')
  t.equal((await large.flowTo(target, 5_000)).protocol, 'udp')
  t.equal(alice.stats().connections.failed, 1, 'asked once')
  await clock.advance(600_000)
  await large.flowTo(target, 5_000)
  t.equal(alice.stats().connections.failed, 2)
})
