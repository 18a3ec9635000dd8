import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { startEngine } from './start-engine.ts'
import { startTestEngine, testPhone } from './testing/test-engine.ts'
import { RtpPeer } from './testing/rtp-peer.ts'

void test('garbage, unknown payload types and strangers are dropped and counted, the call goes on', async (t) => {
  const server = await startTestEngine(t)
  const alice = await testPhone(t, server)
  const bob = await testPhone(t, server)
  await alice.endpoint.bridge(bob.endpoint)
  alice.peer.talk(440)
  await bob.peer.hears(440)
  const stranger = await RtpPeer.open()
  t.teardown(() => stranger.close())
  stranger.follow(alice.endpoint.localSdp)
  for (let i = 0; i < 50; i++) {
    alice.peer.sendRaw(randomBytes(1 + (i % 40)).fill(0x11, 0, 1))
    alice.peer.send(randomBytes(160), { payloadType: 35 })
    stranger.send(randomBytes(160))
    alice.peer.sendRtcp(randomBytes(64))
    stranger.sendRtcp(randomBytes(64))
  }
  bob.peer.forget()
  await bob.peer.hears(440)
  t.equal(new Set(bob.peer.received.map(({ ssrc }) => ssrc)).size, 1)
  const { packetsMalformed, packetsFromStrangers } = alice.endpoint.stats()
  t.ok(packetsMalformed >= 100, `${packetsMalformed} malformed`)
  t.ok(packetsFromStrangers >= 50, `${packetsFromStrangers} from strangers`)
})

void test('a jump of the sequence, a new source, a new time base: the other side hears one stream', async (t) => {
  const server = await startTestEngine(t)
  const alice = await testPhone(t, server)
  const bob = await testPhone(t, server)
  await alice.endpoint.bridge(bob.endpoint)
  alice.peer.talk(440)
  await bob.peer.receives(10)
  alice.peer.sequence = (alice.peer.sequence + 20_000) & 0xffff
  alice.peer.timestamp = (alice.peer.timestamp + 1_000_000_000) >>> 0
  await bob.peer.receives(10)
  alice.peer.ssrc = (alice.peer.ssrc + 1) >>> 0
  await bob.peer.receives(10)
  const packets = bob.peer.received
  t.equal(new Set(packets.map(({ ssrc }) => ssrc)).size, 1)
  for (const [i, packet] of packets.entries()) {
    if (i === 0) continue
    const before = packets[i - 1]!
    t.equal((packet.sequence - before.sequence) & 0xffff, 1)
    t.ok((packet.timestamp - before.timestamp) >>> 0 < 8000, `time goes on by ${packet.timestamp - before.timestamp}`)
  }
})

void test('the death of the packet thread is told, and another one takes over', async (t) => {
  const server = await startTestEngine(t)
  const { endpoint } = await testPhone(t, server)
  const conference = await server.createConference('room')
  const playing = endpoint.play({ kind: 'tone', spec: '%(1000,0,440)' }, { loop: Infinity })
  const ends: string[] = []
  endpoint.events.on('closed', (reason) => ends.push(reason))
  conference.events.on('closed', (reason) => ends.push(reason))
  const died = server.events.next('died')
  const recovered = server.events.next('recovered')
  await server.killThreadForTest()
  await died
  t.strictSame(ends.sort(), ['engine-died', 'engine-died'])
  t.match(await playing, { endedBy: 'closed' })
  await t.rejects(endpoint.play({ kind: 'silence', ms: 1 }), { code: 'media-closed' })
  await recovered
  const again = await testPhone(t, server)
  await again.endpoint.bridge(again.endpoint)
  again.peer.talk(600)
  await again.peer.hears(600)
  t.equal(server.stats().endpoints, 1)
})

void test('ports run out with an error of their own and come back', async (t) => {
  const server = await startEngine({ address: '127.0.0.1', ports: { from: 25_000, to: 25_003 } })
  t.teardown(() => server.close())
  const first = await server.createEndpoint({ profile: 'rtp' })
  await server.createEndpoint({ profile: 'rtp' })
  await t.rejects(server.createEndpoint({ profile: 'rtp' }), { code: 'no-media-port' })
  await first.close()
  await server.createEndpoint({ profile: 'rtp' })
})

void test('a port that another program has is passed over', async (t) => {
  const socket = createSocket('udp4')
  t.teardown(() => socket.close())
  socket.bind(25_100, '127.0.0.1')
  await once(socket, 'listening')
  const server = await startEngine({ address: '127.0.0.1', ports: { from: 25_100, to: 25_103 } })
  t.teardown(() => server.close())
  const endpoint = await server.createEndpoint({ profile: 'rtp' })
  t.match(endpoint.localSdp, 'm=audio 25102 ')
})

void test('an offer that cannot be used leaves nothing behind', async (t) => {
  const server = await startTestEngine(t)
  const { portsFree } = server.stats()
  const offer = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 5000 RTP/AVP 18\r\n'
  await t.rejects(server.createEndpoint({ profile: 'rtp', remoteSdp: offer }), { code: 'no-common-codec' })
  await t.rejects(server.createEndpoint({ profile: 'rtp', remoteSdp: 'nonsense' }), { code: 'unusable-sdp' })
  t.match(server.stats(), { endpoints: 0, portsFree })
})

void test('a recording that cannot be written ends as failed, the call goes on', async (t) => {
  const server = await startTestEngine(t)
  const { peer, endpoint } = await testPhone(t, server)
  const directory = await mkdtemp(join(tmpdir(), 'strowger-media-'))
  t.teardown(() => rm(directory, { recursive: true }))
  peer.talk(440)
  t.match(await endpoint.record('/dev/full', { maxMs: 5000 }), { endedBy: 'failed', error: { message: /ENOSPC/ } })
  t.match(await endpoint.record(join(directory, 'none', 'x.wav'), { maxMs: 5000 }), { endedBy: 'failed' })
  t.match(await endpoint.record(join(directory, 'x.wav'), { maxMs: 200 }), { endedBy: 'limit', durationMs: 200 })
})

void test('a peer that goes quiet is lost, once', async (t) => {
  const server = await startEngine({ address: '127.0.0.1', ports: { from: 26_000, to: 26_999 }, mediaTimeoutMs: 400 })
  t.teardown(() => server.close())
  const { peer, endpoint } = await testPhone(t, server)
  let lost = 0
  endpoint.events.on('lost', () => lost++)
  peer.talk(440)
  await peer.receives(0)
  const told = endpoint.events.next('lost')
  peer.quiet()
  const [quietMs] = await told
  t.ok(quietMs >= 400 && quietMs < 1000, `after ${quietMs} ms`)
  t.equal(lost, 1)
  const again = endpoint.events.next('lost')
  peer.talk(440)
  await new Promise((resolve) => setTimeout(resolve, 200))
  peer.quiet()
  await again
})

void test('closing the server ends everything on it', async (t) => {
  const server = await startTestEngine(t)
  const { endpoint } = await testPhone(t, server)
  const conference = await server.createConference('room')
  const ends: string[] = []
  endpoint.events.on('closed', (reason) => ends.push(reason))
  conference.events.on('closed', (reason) => ends.push(reason))
  await Promise.all([server.close(), server.close()])
  t.strictSame(ends, ['server-closed', 'server-closed'])
  await t.rejects(server.createEndpoint({ profile: 'rtp' }), { code: 'media-closed' })
})
