import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { readRtcp, writeRtcp } from './rtp/rtcp.ts'
import { RtpPeer } from './testing/rtp-peer.ts'
import { startTestEngine, testPhone } from './testing/test-engine.ts'

void test('keys pressed are told once and reach the other side in its own payload type', async (t) => {
  const server = await startTestEngine(t)
  const alice = await testPhone(t, server, { eventPayload: 96 })
  const bob = await testPhone(t, server, { eventPayload: 105 })
  await alice.endpoint.bridge(bob.endpoint)
  const heard: string[] = []
  alice.endpoint.events.on('digit', ({ digit }) => heard.push(digit))
  alice.peer.talk(440)
  await bob.peer.hears(440)
  alice.peer.quiet()
  for (const key of '12#') alice.peer.press(key)
  alice.peer.press('9', { isEndLost: true })
  await alice.endpoint.events.next('digit')
  while (heard.length < 4) await alice.endpoint.events.next('digit')
  t.strictSame(heard, ['1', '2', '#', '9'])
  const events = bob.peer.received.filter(({ payloadType }) => payloadType === 105)
  t.equal(new Set(events.map(({ timestamp }) => timestamp)).size, 4)
  t.equal(events.length, 3 * 8 + 5)
})

void test('digits are sent as events, or as tones to one who knows no events', async (t) => {
  const server = await startTestEngine(t)
  const { peer, endpoint } = await testPhone(t, server)
  await endpoint.sendDigits('42')
  const events = peer.received.filter(({ payloadType }) => payloadType === 101)
  const ends = events.filter(({ payload }) => payload[1]! & 0x80)
  t.strictSame(
    [...new Set(events.map(({ timestamp, payload }) => `${timestamp} ${payload[0]}`))].map(
      (entry) => entry.split(' ')[1],
    ),
    ['4', '2'],
  )
  t.equal(ends.length, 6)
  t.equal(ends[0]!.payload.readUInt16BE(2), 800)
  t.equal(events.filter(({ marker }) => marker).length, 2)
  await t.rejects(endpoint.sendDigits('12x'), { code: 'unplayable-source' })

  const old = await RtpPeer.open()
  t.teardown(() => old.close())
  const remoteSdp = old
    .sdp()
    .replace(/ 101\r/, '\r')
    .replace(/a=rtpmap:101.*\r\n/, '')
  const plain = await server.createEndpoint({ profile: 'rtp', remoteSdp })
  const sent = plain.sendDigits('5', { durationMs: 400 })
  await old.hears(770)
  t.ok(old.isHearing(1336))
  await sent
})

void test('a prompt is stopped by the first key', async (t) => {
  const server = await startTestEngine(t)
  const { peer, endpoint } = await testPhone(t, server)
  const prompt = { kind: 'tone', spec: '%(20000,0,440)' } as const
  const collected = endpoint.collect({ prompt, max: 4, terminators: '#' })
  await peer.hears(440)
  for (const key of '12#') peer.press(key)
  t.match(await collected, { digits: '12', endedBy: 'terminator', isValid: true })
  await peer.hearsNothing()
})

void test('hold and back: the held hears music, the stream goes on where it was', async (t) => {
  const server = await startTestEngine(t)
  const alice = await testPhone(t, server)
  const bob = await testPhone(t, server)
  await alice.endpoint.bridge(bob.endpoint)
  alice.peer.talk(440)
  bob.peer.talk(1000)
  await Promise.all([alice.peer.hears(1000), bob.peer.hears(440)])

  const answer = await bob.endpoint.accept(bob.peer.sdp(['a=sendonly']))
  t.match(answer, 'a=recvonly')
  t.ok(bob.endpoint.isHeldByPeer)
  bob.peer.quiet()
  const music = new AbortController()
  void alice.endpoint.play({ kind: 'tone', spec: '%(1000,0,660)' }, { loop: Infinity, signal: music.signal })
  await Promise.all([alice.peer.hears(660), bob.peer.hearsNothing()])

  music.abort()
  t.match(await bob.endpoint.accept(bob.peer.sdp(['a=sendrecv'])), 'a=sendrecv')
  t.notOk(bob.endpoint.isHeldByPeer)
  bob.peer.talk(1000)
  await Promise.all([alice.peer.hears(1000), bob.peer.hears(440)])
  t.equal(new Set(alice.peer.received.map(({ ssrc }) => ssrc)).size, 1)
  const gaps = alice.peer.received.map(({ sequence }, i, all) =>
    i === 0 ? 1 : (sequence - all[i - 1]!.sequence) & 0xffff,
  )
  t.ok(
    gaps.every((gap) => gap === 1),
    'no hole in the numbers',
  )
})

void test('our own hold: offer, answer, resume, and an offer that was refused', async (t) => {
  const server = await startTestEngine(t)
  const { peer, endpoint } = await testPhone(t, server)
  t.match(await endpoint.offer({ direction: 'sendonly' }), 'a=sendonly')
  t.equal(await endpoint.accept(peer.sdp(['a=recvonly'])), undefined)
  t.equal(endpoint.direction, 'sendonly')
  t.notOk(endpoint.isHeldByPeer)
  await endpoint.offer()
  endpoint.withdrawOffer()
  t.equal(endpoint.direction, 'sendonly')
  t.match(await endpoint.accept(peer.sdp()), 'a=sendrecv')
})

void test('the same description twice, a 183 and its 200, changes nothing', async (t) => {
  const server = await startTestEngine(t)
  const peer = await RtpPeer.open()
  t.teardown(() => peer.close())
  const endpoint = await server.createEndpoint({ profile: 'rtp' })
  const { localSdp } = endpoint
  t.equal(await endpoint.accept(peer.sdp()), undefined)
  t.equal(await endpoint.accept(peer.sdp()), localSdp)
  t.equal(endpoint.localSdp, localSdp)
})

void test('a muted phone is not heard, but its keys are', async (t) => {
  const server = await startTestEngine(t)
  const { peer, endpoint } = await testPhone(t, server)
  await endpoint.bridge(endpoint)
  peer.talk(440)
  await peer.hears(440)
  endpoint.mute(true)
  await peer.hearsNothing()
  const digit = endpoint.events.next('digit')
  peer.press('7')
  t.match(await digit, [{ digit: '7' }])
  endpoint.mute(false)
  await peer.hears(440)
})

void test('three in a conference hear the others and not themselves', async (t) => {
  const server = await startTestEngine(t)
  const conference = await server.createConference('room')
  const tones = [400, 700, 1100]
  const phones = await Promise.all(tones.map((_, i) => testPhone(t, server, { codec: i === 1 ? 'PCMA' : 'PCMU' })))
  const talking = conference.events.next('talking')
  const members = []
  for (const { endpoint } of phones) members.push(await endpoint.join(conference))
  t.equal(conference.members.length, 3)
  for (const [i, { peer }] of phones.entries()) peer.talk(tones[i]!, 6000)
  for (const [i, { peer }] of phones.entries()) {
    for (const [j, hertz] of tones.entries()) if (i !== j) await peer.hears(hertz)
    t.notOk(peer.isHearing(tones[i]!), 'not himself')
  }
  t.match(await talking, [{}, true])

  members[0]!.mute(true)
  await until(() => !phones[1]!.peer.isHearing(400))
  t.ok(phones[0]!.peer.isHearing(1100), 'the muted one still hears')
  members[0]!.mute(false)
  members[0]!.heardBy([members[2]!])
  await phones[2]!.peer.hears(400)
  t.notOk(phones[1]!.peer.isHearing(400), 'a whisper reaches one only')
  members[2]!.deafen(true)
  await phones[2]!.peer.hearsNothing()

  const left = conference.events.next('left')
  await members[2]!.leave()
  t.match(await left, [{ endpoint: phones[2]!.endpoint }])
  await until(() => !phones[0]!.peer.isHearing(1100))
  const closed = conference.events.next('closed')
  await phones[0]!.endpoint.close()
  await phones[1]!.endpoint.close()
  t.strictSame(await closed, ['empty'])
  t.notOk(phones[2]!.endpoint.isClosed)
})

void test('a conference plays to all and records all', async (t) => {
  const server = await startTestEngine(t)
  const conference = await server.createConference('room', { endsWhenEmpty: false })
  const phones = [await testPhone(t, server), await testPhone(t, server)]
  for (const { endpoint } of phones) await conference.join(endpoint)
  const directory = await mkdtemp(join(tmpdir(), 'strowger-media-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const file = join(directory, 'room.wav')
  const recording = conference.record(file, { maxMs: 1000 })
  void conference.play({ kind: 'tone', spec: '%(5000,0,850)' })
  for (const { peer } of phones) await peer.hears(850)
  t.match(await recording, { endedBy: 'limit', durationMs: 1000 })
  t.equal((await readFile(file)).length, 16_044)
  await conference.close()
  await t.rejects(conference.join(phones[0]!.endpoint), { code: 'media-closed' })
})

void test('reports go both ways, loss and round trip are known', async (t) => {
  const server = await startTestEngine(t)
  const { peer, endpoint } = await testPhone(t, server)
  await endpoint.bridge(endpoint)
  peer.talk(440)
  await peer.receives(10)
  peer.sequence = (peer.sequence + 5) & 0xffff
  await until(() => peer.receivedRtcp.length > 0, 10_000)
  const report = readRtcp(peer.receivedRtcp[0]!)!.reports[0]!
  t.match(report.blocks[0], { ssrc: peer.ssrc, packetsLost: 5 })
  const block = {
    ssrc: report.ssrc,
    fractionLost: 0,
    packetsLost: 2,
    extendedHighest: 0,
    jitterUnits: 0,
    lastReport: report.sender!.ntpMiddle,
    delaySinceLastReport: 0,
  }
  peer.sendRtcp(writeRtcp({ ssrc: peer.ssrc, cname: 'peer', nowMs: Date.now(), block }))
  await until(() => endpoint.stats().roundTripMs !== undefined)
  t.match(endpoint.stats(), { packetsLost: 5, packetsLostByPeer: 2, codec: 'PCMU' })
  t.ok(endpoint.stats().mos! > 3)
  await endpoint.close()
  await until(() => readRtcp(peer.receivedRtcp.at(-1)!)!.goodbyes.length > 0)
})

void test('over IPv6', async (t) => {
  const { startEngine } = await import('./start-engine.ts')
  const server = await startEngine({ address: '::1', ports: { from: 27_000, to: 27_999 } })
  t.teardown(() => server.close())
  const { peer, endpoint } = await testPhone(t, server, { address: '::1' })
  await endpoint.bridge(endpoint)
  peer.talk(500)
  await peer.hears(500)
})

for (const ptimeMs of [10, 30, 60]) {
  void test(`packets of ${ptimeMs} ms where the peer asks for them`, async (t) => {
    const server = await startTestEngine(t)
    const { peer, endpoint } = await testPhone(t, server, { ptimeMs })
    t.match(endpoint.localSdp, `a=ptime:${ptimeMs}`)
    void endpoint.play({ kind: 'tone', spec: '%(5000,0,850)' })
    await peer.hears(850)
    t.ok(peer.received.every(({ payload }) => payload.length === ptimeMs * 8))
  })
}

async function until(isTrue: () => boolean, withinMs = 3000): Promise<void> {
  const endMs = performance.now() + withinMs
  while (!isTrue()) {
    if (performance.now() > endMs) throw new Error(`not within ${withinMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

void test('keys as tones, fax tones and silence are told where asked for', async (t) => {
  const server = await startTestEngine(t)
  const listenFor = { inBandDigits: true, faxTones: true, silenceMs: 300 }
  const { peer, endpoint } = await testPhone(t, server, { listenFor })
  const caller = await testPhone(t, server)
  await caller.endpoint.bridge(endpoint)
  const tone = endpoint.events.next('tone')
  peer.talk(1100)
  t.strictSame(await tone, ['fax-cng'])
  const silence = endpoint.events.next('silence')
  peer.talk(0)
  const [silentMs] = await silence
  t.ok(silentMs >= 300 && silentMs < 400)
  peer.quiet()
  const digit = endpoint.events.next('digit')
  peer.dial('5')
  t.match(await digit, [{ digit: '5' }])
})
