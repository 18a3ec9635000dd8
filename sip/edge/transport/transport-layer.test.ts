import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'tap'
import { systemClock } from '../../../core/clock.ts'
import { ClosedError, StartupError } from '../../../core/errors.ts'
import { silentLogger } from '../../../core/logger.ts'
import { SipResponse } from '../message/sip-response.ts'
import type { ListenPoint } from './listen-point.ts'
import { Unreachable } from './transport-error.ts'
import { TransportLayer } from './transport-layer.ts'
import { options, portOf, tcpPeer, testTransport, udpPeer } from './testing/test-transport.ts'

for (const protocol of ['udp', 'tcp'] as const) {
  void test(`a request and its response over ${protocol}`, async (t) => {
    const alice = await testTransport(t)
    const bob = await testTransport(t)
    bob.on('message', (message, flow) => {
      if (message.kind === 'request') flow.send(SipResponse.to(message, 200).toBuffer())
    })
    const flow = await alice.flowTo({ protocol, address: '127.0.0.1', port: portOf(bob, protocol) })
    const answered = alice.next('message')
    flow.send(options('c1').toBuffer())
    const [response, back, atMs] = await answered
    t.match(response, { kind: 'response', status: 200, callId: 'c1' })
    t.match(back, { protocol, remoteAddress: '127.0.0.1', remotePort: portOf(bob, protocol), isOpen: true })
    t.equal(back.id, flow.id, 'on the same flow')
    t.equal(back.isReliable, protocol === 'tcp')
    t.ok(Math.abs(atMs - Date.now()) < 60_000)
    t.match(bob.stats(), { received: { [protocol]: 1 }, sent: { [protocol]: 1 }, malformed: {} })
  })
}

void test('IPv6', async (t) => {
  const alice = await testTransport(t, { host: '::1' })
  const bob = await testTransport(t, { host: '::1' })
  for (const protocol of ['udp', 'tcp'] as const) {
    const heard = bob.next('message')
    const flow = await alice.flowTo({ protocol, address: '::1', port: portOf(bob, protocol) })
    flow.send(options('c1').toBuffer())
    const [, from] = await heard
    t.equal(from.remoteAddress, '::1')
  }
  const target = { protocol: 'udp', address: '127.0.0.1', port: 5060 } as const
  await t.rejects(alice.flowTo(target), Unreachable, 'no point of that family')
})

void test('connections are reused, also while they are being opened, and in both directions', async (t) => {
  const alice = await testTransport(t)
  const bob = await testTransport(t)
  const target = { protocol: 'tcp', address: '127.0.0.1', port: portOf(bob, 'tcp') } as const
  const [first, second] = await Promise.all([alice.flowTo(target), alice.flowTo(target)])
  t.equal(first, second)
  t.equal(await alice.flowTo(target), first)
  const heard = bob.next('message')
  first.send(options('c1').toBuffer())
  const [, accepted] = await heard
  const back = { protocol: 'tcp', address: accepted.remoteAddress, port: accepted.remotePort } as const
  t.equal(await bob.flowTo(back), accepted)
  t.match(alice.stats().connections, { open: 1, opened: 1 })
  t.match(bob.stats().connections, { open: 1, accepted: 1 })
})

void test('a peer that offers its connection under an alias is reached over it (RFC 5923)', async (t) => {
  const bob = await testTransport(t)
  const peer = await tcpPeer(t, portOf(bob, 'tcp'))
  const heard = bob.next('message')
  peer.write(options('c1', { Via: 'SIP/2.0/TCP 127.0.0.1:5099;alias;branch=z9hG4bK1' }).toBuffer())
  const [, accepted] = await heard
  t.equal(await bob.flowTo({ protocol: 'tcp', address: '127.0.0.1', port: 5099 }), accepted)
  const closed = bob.next('closed')
  peer.destroy()
  t.equal((await closed)[0], accepted)
  await t.rejects(
    bob.flowTo({ protocol: 'tcp', address: '127.0.0.1', port: 5099 }),
    Unreachable,
    'and no longer after it',
  )
})

void test('a peer that cannot be reached', async (t) => {
  const alice = await testTransport(t, { limits: { connectMs: 500 } })
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  server.close()
  await once(server, 'close')
  const refused = alice.flowTo({ protocol: 'tcp', address: '127.0.0.1', port })
  await t.rejects(refused, { code: 'unreachable', message: `tcp:127.0.0.1:${port} cannot be reached: ECONNREFUSED` })
  await t.rejects(alice.flowTo({ protocol: 'tcp', address: 'b.example', port }), Unreachable, 'names are not for here')
  t.equal(alice.stats().connections.failed, 1)
})

void test('a port that is taken is named, and nothing stays open', async (t) => {
  const first = await testTransport(t)
  for (const protocol of ['udp', 'tcp'] as const) {
    const port = portOf(first, protocol)
    const listen: ListenPoint[] = [
      { protocol: 'udp', host: '127.0.0.1', port: 0 },
      { protocol, host: '127.0.0.1', port },
    ]
    const second = new TransportLayer({ listen, clock: systemClock, logger: silentLogger })
    const message = `cannot listen on ${protocol}:127.0.0.1:${port}: the port is taken by another program`
    await t.rejects(second.start(), new StartupError(message))
  }
})

void test('an address of another machine is named', async (t) => {
  const listen = [{ protocol: 'udp', host: '192.0.2.1', port: 0 }] as const
  const transport = new TransportLayer({ listen, clock: systemClock, logger: silentLogger })
  await t.rejects(transport.start(), { message: /udp:192\.0\.2\.1:0: this machine does not have the address/ })
})

void test('after its end nothing is sent or received', async (t) => {
  const alice = await testTransport(t)
  const bob = await testTransport(t)
  const flow = await alice.flowTo({ protocol: 'tcp', address: '127.0.0.1', port: portOf(bob, 'tcp') })
  const datagrams = await alice.flowTo({ protocol: 'udp', address: '127.0.0.1', port: portOf(bob, 'udp') })
  const gone = bob.next('closed')
  const closed = alice.next('closed')
  await alice.close()
  await alice.close()
  t.same(await closed, [flow, undefined])
  await gone
  t.notOk(flow.isOpen)
  t.notOk(datagrams.isOpen)
  flow.send(options('c1').toBuffer())
  datagrams.send(options('c1').toBuffer())
  await t.rejects(alice.flowTo({ protocol: 'udp', address: '127.0.0.1', port: 5060 }), ClosedError)
})

void test('a datagram too large to send is told', async (t) => {
  const alice = await testTransport(t)
  const flow = await alice.flowTo({ protocol: 'udp', address: '127.0.0.1', port: 9 })
  const unsent = alice.next('unsent')
  flow.send(Buffer.alloc(70_000))
  const [where] = await unsent
  t.same(where, { protocol: 'udp', remoteAddress: '127.0.0.1', remotePort: 9 })
  t.equal(alice.stats().unsent, 1)
})

void test('a listener that throws does not stop the others', async (t) => {
  const errors: object[] = []
  const bob = await testTransport(t, { logger: { ...silentLogger, error: (fields) => void errors.push(fields) } })
  const peer = await udpPeer(t)
  const seen: string[] = []
  const both = new Promise<void>((resolve) => {
    bob.on('message', (message) => {
      seen.push(message.callId)
      if (seen.length === 2) resolve()
      throw new Error('boom')
    })
  })
  for (const callId of ['one', 'two']) peer.send(options(callId).toBuffer(), portOf(bob, 'udp'), '127.0.0.1')
  await both
  t.same(seen, ['one', 'two'])
  t.match(errors[0], { callId: 'one', err: { message: 'boom' } })
})
