import { randomBytes } from 'node:crypto'
import { test } from 'tap'
import type { Codec } from '../codec.ts'
import { startTestEngine, testPhone } from './testing/test-engine.ts'

const codecs: readonly Codec[] = ['PCMU', 'PCMA', 'G722', 'opus']

void test('every codec talks to every other', async (t) => {
  const server = await startTestEngine(t)
  for (const one of codecs) {
    for (const other of codecs) {
      const alice = await testPhone(t, server, { codec: one })
      const bob = await testPhone(t, server, { codec: other })
      t.strictSame([alice.endpoint.codec, bob.endpoint.codec], [one, other])
      await alice.endpoint.bridge(bob.endpoint)
      alice.peer.talk(500)
      bob.peer.talk(1200)
      await Promise.all([alice.peer.hears(1200), bob.peer.hears(500)])
      for (const { peer, endpoint } of [alice, bob]) {
        peer.quiet()
        await endpoint.close()
      }
    }
  }
})

void test('a prompt is heard in every codec', async (t) => {
  const server = await startTestEngine(t)
  for (const codec of codecs) {
    const { peer, endpoint } = await testPhone(t, server, { codec })
    void endpoint.play({ kind: 'tone', spec: '%(5000,0,850)' })
    await peer.hears(850)
    const [first, second] = peer.received
    t.equal((second!.timestamp - first!.timestamp) >>> 0, codec === 'opus' ? 960 : 160, codec)
    await endpoint.close()
  }
})

void test('our offer names them all, the answer picks', async (t) => {
  const server = await startTestEngine(t)
  const endpoint = await server.createEndpoint({ profile: 'rtp', codecs: ['opus', 'G722', 'PCMU'] })
  t.match(endpoint.localSdp, 'RTP/AVP 111 9 0 101 110\r\n')
  t.match(endpoint.localSdp, 'a=rtpmap:111 opus/48000/2\r\na=fmtp:111 ')
  t.match(endpoint.localSdp, 'a=rtpmap:110 telephone-event/48000')
})

void test('packets that are no Opus do no harm', async (t) => {
  const server = await startTestEngine(t)
  const alice = await testPhone(t, server, { codec: 'opus' })
  const bob = await testPhone(t, server)
  await alice.endpoint.bridge(bob.endpoint)
  for (let i = 1; i < 200; i++) alice.peer.send(randomBytes(i))
  alice.peer.talk(500)
  await bob.peer.hears(500)
})

void test('wide and narrow band mix', async (t) => {
  const server = await startTestEngine(t)
  const conference = await server.createConference('room')
  const tones = [400, 700, 1100, 1600]
  const phones = await Promise.all(codecs.map((codec) => testPhone(t, server, { codec })))
  for (const { endpoint } of phones) await conference.join(endpoint)
  for (const [i, { peer }] of phones.entries()) peer.talk(tones[i]!, 5000)
  for (const [i, { peer }] of phones.entries()) {
    for (const [j, hertz] of tones.entries()) if (i !== j) await peer.hears(hertz)
  }
})
