import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'
import { test, type Test } from 'tap'
import { systemClock } from '../../../core/clock.ts'
import { silentLogger } from '../../../core/logger.ts'
import { SipResponse } from '../message/sip-response.ts'
import { testAuthority, testIdentity } from './testing/test-identity.ts'
import {
  options,
  portOf,
  received,
  tcpPeer,
  testTransport,
  type TestTransportOptions,
} from './testing/test-transport.ts'
import { Unreachable } from './transport-error.ts'
import { TransportLayer } from './transport-layer.ts'

const listen = [{ protocol: 'tls', host: '127.0.0.1', port: 0 }] as const

async function secure(t: Test, more: TestTransportOptions = {}): Promise<TransportLayer> {
  const transport = await testTransport(t, { listen, tls: testIdentity('server'), ...more })
  transport.on('message', (message, flow) => {
    if (message.kind === 'request') flow.send(SipResponse.to(message, 200).toBuffer())
  })
  return transport
}

function target(transport: TransportLayer, serverName?: string) {
  const port = portOf(transport, 'tls')
  return { protocol: 'tls', address: '127.0.0.1', port, ...(serverName === undefined ? {} : { serverName }) } as const
}

/** A TLS peer without a certificate of its own. */
async function tlsPeer(t: Test, port: number): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, ca: [testAuthority], servername: 'pbx.example' })
  t.teardown(() => socket.destroy())
  await once(socket, 'secureConnect')
  return socket
}

void test('a request and its response over TLS, each side proving its name', async (t) => {
  const bob = await secure(t)
  const carrier = await testTransport(t, { listen, tls: testIdentity('carrier') })
  const heard = bob.next('message')
  const flow = await carrier.flowTo(target(bob, 'pbx.example'))
  const answered = carrier.next('message')
  flow.send(options('c1').toBuffer())
  const [, accepted] = await heard
  t.match((await answered)[0], { kind: 'response', status: 200 })
  t.same(accepted.peerNames, ['carrier.example', 'other.example'])
  t.same(flow.peerNames, ['pbx.example'])
  t.match(bob.stats(), { received: { tls: 1 }, sent: { tls: 1 } })
  t.equal(await carrier.flowTo(target(bob, 'pbx.example')), flow, 'reused for the name that was proven')
  await t.rejects(carrier.flowTo(target(bob, 'evil.example')), Unreachable, 'and not for another')
})

void test('a phone without a certificate is served, and has proven no name', async (t) => {
  const bob = await secure(t)
  const phone = await tlsPeer(t, portOf(bob, 'tls'))
  const heard = bob.next('message')
  phone.write(options('c1').toBuffer())
  t.same((await heard)[1].peerNames, [])
  t.match(await received(phone, '\r\n\r\n'), /^SIP\/2\.0 200 OK/)
})

void test('the address counts as the name when there is none', async (t) => {
  const bob = await secure(t)
  const alice = await testTransport(t, { listen, tls: testIdentity('server') })
  t.ok((await alice.flowTo(target(bob))).isOpen)
})

void test('a SIP URI in the certificate is the only name that counts (RFC 5922)', async (t) => {
  const carrier = await secure(t, { tls: testIdentity('carrier') })
  const alice = await testTransport(t, { listen, tls: testIdentity('server') })
  await t.rejects(alice.flowTo(target(carrier, 'other.example')), /is for carrier\.example, not for other\.example/)
  t.ok((await alice.flowTo(target(carrier, 'Carrier.Example'))).isOpen)
})

void test('an authority nobody knows is refused, unless the operator says otherwise', async (t) => {
  const bob = await secure(t)
  const { key, cert } = testIdentity('server')
  const strict = await testTransport(t, { listen, tls: { key, cert } })
  await t.rejects(strict.flowTo(target(bob, 'pbx.example')), Unreachable)
  t.equal(strict.stats().connections.failed, 1)
  const lax = await testTransport(t, { listen, tls: { key, cert, verifyPeers: false } })
  t.ok((await lax.flowTo(target(bob, 'pbx.example'))).isOpen)
})

void test('a renewed certificate serves new connections, and the open ones stay', async (t) => {
  const bob = await secure(t)
  const before = await tlsPeer(t, portOf(bob, 'tls'))
  bob.useIdentity(testIdentity('renewed'))
  const after = await tlsPeer(t, portOf(bob, 'tls'))
  t.not(before.getPeerCertificate().fingerprint256, after.getPeerCertificate().fingerprint256)
  for (const peer of [before, after]) {
    peer.write('\r\n\r\n')
    t.equal(await received(peer, '\r\n'), '\r\n')
  }
})

void test('a peer that never shakes hands takes a place, and loses it in time', async (t) => {
  const bob = await secure(t, { limits: { connectionsPerAddress: 1, connectMs: 300 } })
  const idle = await tcpPeer(t, portOf(bob, 'tls'))
  const idleGone = once(idle.resume(), 'close')
  const second = await tcpPeer(t, portOf(bob, 'tls'))
  await once(second.resume(), 'close')
  t.equal(bob.stats().connections.refused, 1)
  await idleGone
  t.ok(await tlsPeer(t, portOf(bob, 'tls')))
})

void test('plain text and garbage on a TLS port do no harm', async (t) => {
  const bob = await secure(t)
  for (const bytes of [options('c1').toBuffer(), Buffer.alloc(300, 0xff), Buffer.from([0x16, 3, 1, 0xff, 0xff])]) {
    const peer = await tcpPeer(t, portOf(bob, 'tls'))
    peer.resume().end(bytes)
    await once(peer, 'close')
  }
  t.ok(await tlsPeer(t, portOf(bob, 'tls')))
  t.equal(bob.stats().received.tls, 0)
})

void test('TLS without a certificate does not start', async (t) => {
  const transport = new TransportLayer({ listen, clock: systemClock, logger: silentLogger })
  await t.rejects(transport.start(), { code: 'startup-failed', message: /tls:127\.0\.0\.1:0: no certificate/ })
})
