import { once } from 'node:events'
import type { Socket } from 'node:net'
import { test } from 'tap'
import { FakeClock } from '../../../core/fake-clock.ts'
import { silentLogger } from '../../../core/logger.ts'
import { answerFault } from '../message/answer-fault.ts'
import type { ConnectionCut } from './transport-error.ts'
import type { TransportLayer } from './transport-layer.ts'
import { options, portOf, received, tcpPeer, testTransport, udpPeer } from './testing/test-transport.ts'

function answersFaults(transport: TransportLayer): void {
  transport.on('malformed', (fault, flow, request) => {
    const answer = request && answerFault(fault, request, 'here')
    if (answer) flow.send(answer.toBuffer())
  })
}

void test('malformed datagrams are counted always, and logged once a minute for each source', async (t) => {
  const clock = new FakeClock()
  const warnings: object[] = []
  const bob = await testTransport(t, {
    clock,
    logger: { ...silentLogger, warn: (fields) => void warnings.push(fields) },
  })
  answersFaults(bob)
  const peer = await udpPeer(t)
  const send = async (bytes: Buffer | string, isTwice = false) => {
    const heard = bob.next('malformed')
    peer.send(bytes, portOf(bob, 'udp'), '127.0.0.1')
    await heard
    if (isTwice) await send(bytes)
  }
  await send('garbage', true)
  const answered = once(peer, 'message') as Promise<[Buffer]>
  await send(options('c1', { CSeq: '1 INVITE' }).toBuffer())
  t.match((await answered)[0].toString(), /^SIP\/2\.0 400 CSeq does not match the method\r\n.*To: .*;tag=here\r\n/s)
  t.match(warnings, [{ source: '127.0.0.1', fault: 'not-sip', protocol: 'udp' }])
  t.equal(warnings.length, 1)
  await clock.advance(60_000)
  await send('garbage')
  t.equal(warnings.length, 2)
  t.match(bob.stats().malformed, { 'not-sip': 3, 'method-mismatch': 1 })
})

void test('keep-alives over UDP are no messages', async (t) => {
  const bob = await testTransport(t)
  const peer = await udpPeer(t)
  bob.on('malformed', () => t.fail('a keep-alive is not malformed'))
  const heard = bob.next('message')
  for (const bytes of ['', '\r\n', '\r\n\r\n', '\0\0\0\0']) peer.send(bytes, portOf(bob, 'udp'), '127.0.0.1')
  peer.send(options('c1').toBuffer(), portOf(bob, 'udp'), '127.0.0.1')
  await heard
  t.equal(bob.stats().keepAlives, 4)
})

void test('a CRLF ping over TCP is answered (RFC 5626)', async (t) => {
  const bob = await testTransport(t)
  const peer = await tcpPeer(t, portOf(bob, 'tcp'))
  peer.write('\r\n\r\n')
  t.equal(await received(peer, '\r\n'), '\r\n')
  t.equal(bob.stats().keepAlives, 1)
})

void test('a stream without framing is answered, then cut', async (t) => {
  const bob = await testTransport(t)
  answersFaults(bob)
  const peer = await tcpPeer(t, portOf(bob, 'tcp'))
  const closed = bob.next('closed')
  const text = options('c1').toString().replace('Content-Length: 0', 'Content-Length: x')
  peer.write(text)
  t.match(await received(peer, '\r\n\r\n'), /^SIP\/2\.0 400 Malformed Content-Length header\r\n/)
  const [, error] = await closed
  t.equal((error as ConnectionCut).reason, 'malformed')
  t.equal(bob.stats().connections.cut, 1)
})

void test('a message that is wrong in a stream leaves the connection open', async (t) => {
  const bob = await testTransport(t)
  answersFaults(bob)
  const peer = await tcpPeer(t, portOf(bob, 'tcp'))
  const heard = bob.next('message')
  peer.write(Buffer.concat([options('bad', { CSeq: 'x' }).toBuffer(), options('good').toBuffer()]))
  const [message, flow] = await heard
  t.equal(message.callId, 'good')
  t.ok(flow.isOpen)
})

interface Accepted {
  readonly bob: TransportLayer
  readonly peer: Socket
  readonly clock: FakeClock
  readonly closed: Promise<unknown>
}

async function accepted(t: Parameters<typeof testTransport>[0]): Promise<Accepted> {
  const clock = new FakeClock()
  const limits = { messageMs: 10_000, firstMessageMs: 30_000, idleMs: 900_000 }
  const bob = await testTransport(t, { clock, limits })
  const closed = bob.next('closed').then(([, error]) => (error as ConnectionCut | undefined)?.reason)
  const peer = await tcpPeer(t, portOf(bob, 'tcp'))
  return { bob, peer, clock, closed }
}

/** Resolves once the transport has read all that was written: it answers the ping behind it. */
async function read(peer: Socket, bytes: Buffer): Promise<void> {
  peer.write(bytes)
  peer.write('\r\n\r\n')
  await received(peer, '\r\n')
}

void test('a peer that says nothing is cut after half a minute', async (t) => {
  const { peer, clock, closed } = await accepted(t)
  await read(peer, Buffer.alloc(0))
  await clock.advance(29_000)
  t.notOk(peer.closed)
  await clock.advance(2_000)
  t.equal(await closed, 'silent')
})

void test('a peer that sends a byte a second is cut after ten seconds', async (t) => {
  const { bob, peer, clock, closed } = await accepted(t)
  const slow = options('slow').toBuffer()
  const heard = bob.next('message')
  peer.write(Buffer.concat([options('c1').toBuffer(), slow.subarray(0, 1)]))
  await heard
  for (let second = 1; second < 10; second++) {
    peer.write(slow.subarray(second, second + 1))
    await clock.advance(1_000)
  }
  t.equal(bob.stats().connections.cut, 0)
  await clock.advance(1_000)
  t.equal(await closed, 'slow-message')
})

void test('a connection on which nothing happens is closed at last', async (t) => {
  const { peer, clock, closed } = await accepted(t)
  await read(peer, options('c1').toBuffer())
  await clock.advance(899_000)
  t.notOk(peer.closed)
  await clock.advance(2_000)
  t.equal(await closed, 'idle')
})

void test('a peer that does not read is cut when too much waits for it', async (t) => {
  const bob = await testTransport(t, { limits: { writeBacklogBytes: 200_000 } })
  const peer = await tcpPeer(t, portOf(bob, 'tcp'))
  const heard = bob.next('message')
  peer.pause()
  peer.write(options('c1').toBuffer())
  const [, flow] = await heard
  const closed = bob.next('closed')
  const large = options('c2', {}, 'x'.repeat(60_000)).toBuffer()
  for (let sent = 0; flow.isOpen && sent < 1_000; sent++) flow.send(large)
  t.equal(((await closed)[1] as ConnectionCut).reason, 'slow-reader')
})

void test('connections are limited for each address', async (t) => {
  const bob = await testTransport(t, { limits: { connectionsPerAddress: 2 } })
  const peers = [await tcpPeer(t, portOf(bob, 'tcp')), await tcpPeer(t, portOf(bob, 'tcp'))]
  const third = await tcpPeer(t, portOf(bob, 'tcp'))
  third.resume()
  await once(third, 'close')
  t.match(bob.stats().connections, { accepted: 2, open: 2, refused: 1 })
  const closed = bob.next('closed')
  peers[0]?.destroy()
  await closed
  const fourth = await tcpPeer(t, portOf(bob, 'tcp'))
  fourth.write('\r\n\r\n')
  t.equal(await received(fourth, '\r\n'), '\r\n', 'a place became free')
})
