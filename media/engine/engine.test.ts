import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { amplitudeAt } from './audio/goertzel.ts'
import { RtpPeer } from './testing/rtp-peer.ts'
import { startTestEngine, type TestScope, testPhone } from './testing/test-engine.ts'

async function directory(t: TestScope): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'strowger-media-'))
  t.teardown(() => rm(path, { recursive: true }))
  return path
}

void test('two bridged phones hear each other', async (t) => {
  const server = await startTestEngine(t)
  const alice = await testPhone(t, server)
  const bob = await testPhone(t, server)
  await alice.endpoint.bridge(bob.endpoint)
  alice.peer.talk(440)
  bob.peer.talk(1000)
  await Promise.all([alice.peer.hears(1000), bob.peer.hears(440)])
  const { ssrc } = bob.peer.received[0]!
  t.not(ssrc, alice.peer.ssrc, 'the stream is our own')
  await alice.endpoint.unbridge()
  await Promise.all([alice.peer.hearsNothing(), bob.peer.hearsNothing()])
})

void test('laws are translated between phones of different codecs', async (t) => {
  const server = await startTestEngine(t)
  const alice = await testPhone(t, server, { codec: 'PCMU' })
  const bob = await testPhone(t, server, { codec: 'PCMA' })
  t.equal(bob.endpoint.codec, 'PCMA')
  await alice.endpoint.bridge(bob.endpoint)
  alice.peer.talk(700)
  bob.peer.talk(1300)
  await Promise.all([alice.peer.hears(1300), bob.peer.hears(700)])
})

void test('our offer, the answer, an echo', async (t) => {
  const server = await startTestEngine(t)
  const endpoint = await server.createEndpoint({ profile: 'rtp' })
  const peer = await RtpPeer.open()
  t.teardown(() => peer.close())
  peer.follow(endpoint.localSdp)
  t.equal(await endpoint.accept(peer.sdp()), undefined)
  await endpoint.bridge(endpoint)
  peer.talk(600)
  await peer.hears(600)
})

void test('a tone is played, replaced, stopped', async (t) => {
  const server = await startTestEngine(t)
  const { peer, endpoint } = await testPhone(t, server)
  const first = endpoint.play({ kind: 'tone', spec: '%(1000,0,440)' }, { loop: Infinity })
  await peer.hears(440)
  const stop = new AbortController()
  const second = endpoint.play({ kind: 'tone', spec: 'L=-1;%(1000,0,880)' }, { signal: stop.signal })
  t.match(await first, { endedBy: 'replaced' })
  await peer.hears(880)
  stop.abort()
  t.match(await second, { endedBy: 'stop' })
  await peer.hearsNothing()
  t.match(await endpoint.play({ kind: 'silence', ms: 60 }), { endedBy: 'end', playedMs: 60 })
})

void test('what is played comes every 20 ms in one stream', async (t) => {
  const server = await startTestEngine(t)
  const { peer, endpoint } = await testPhone(t, server)
  await endpoint.play([
    { kind: 'tone', spec: '%(300,0,440)' },
    { kind: 'tone', spec: '%(300,0,880)' },
  ])
  const packets = peer.received
  t.equal(packets.length, 30)
  t.ok(packets[0]!.marker)
  for (const [i, packet] of packets.entries()) {
    if (i === 0) continue
    t.equal(packet.sequence, (packets[i - 1]!.sequence + 1) & 0xffff)
    t.equal(packet.timestamp, (packets[i - 1]!.timestamp + 160) >>> 0)
    t.equal(packet.payload.length, 160)
  }
})

void test('a message is recorded until a key ends it', async (t) => {
  const server = await startTestEngine(t)
  const { peer, endpoint } = await testPhone(t, server)
  const file = join(await directory(t), 'message.wav')
  const recording = endpoint.record(file, { maxMs: 10_000, terminators: '#', beep: true })
  await peer.hears(1000)
  peer.talk(500)
  await new Promise((resolve) => setTimeout(resolve, 1200))
  const digit = endpoint.events.next('digit')
  peer.quiet()
  peer.press('#')
  t.match(await digit, [{ digit: '#', durationMs: 100 }])
  const result = await recording
  t.match(result, { endedBy: 'key', key: '#' })
  const bytes = await readFile(file)
  t.equal(bytes.length, result.bytes)
  t.ok(result.durationMs >= 1000 && result.durationMs < 2000, `${result.durationMs} ms`)
  const samples = new Int16Array(bytes.buffer, bytes.byteOffset + 44, 8000)
  t.ok(amplitudeAt(samples.subarray(3000, 7000), 500, 8000) > 5000)
  const played = endpoint.play({ kind: 'file', path: file })
  await peer.hears(500)
  t.match(await played, { endedBy: 'end' })
})

void test('the end of an endpoint ends what runs on it, once, and gives its port back', async (t) => {
  const server = await startTestEngine(t)
  const { portsFree } = server.stats()
  const { endpoint } = await testPhone(t, server)
  t.equal(server.stats().portsFree, portsFree - 1)
  const playing = endpoint.play({ kind: 'tone', spec: '%(1000,0,440)' }, { loop: Infinity })
  const recording = endpoint.record(join(await directory(t), 'cut.wav'), { maxMs: 10_000 })
  const closed: string[] = []
  endpoint.events.on('closed', (reason) => closed.push(reason))
  await Promise.all([endpoint.close(), endpoint.close()])
  t.match(await playing, { endedBy: 'closed' })
  t.match(await recording, { endedBy: 'closed' })
  t.strictSame(closed, ['closed'])
  t.equal(server.stats().portsFree, portsFree)
  await t.rejects(endpoint.play({ kind: 'silence', ms: 1 }), { code: 'media-closed' })
})

void test('what cannot be played is refused, the call goes on', async (t) => {
  const server = await startTestEngine(t)
  const { peer, endpoint } = await testPhone(t, server)
  await t.rejects(endpoint.play({ kind: 'file', path: '/nowhere/none.wav' }), { code: 'unplayable-source' })
  await t.rejects(endpoint.play({ kind: 'file', path: process.execPath }), { code: 'unplayable-source' })
  await t.rejects(endpoint.play({ kind: 'tone', spec: 'nonsense' }), { code: 'unplayable-source' })
  void endpoint.play({ kind: 'tone', spec: 'L=-1;%(1000,0,440)' })
  await peer.hears(440)
})
