import { randomBytes } from 'node:crypto'
import { test } from 'tap'
import { readRtcp } from './rtp/rtcp.ts'
import { type SrtpKey, srtpSuites, suiteTraits } from './rtp/srtp-keys.ts'
import { RtpPeer } from './testing/rtp-peer.ts'
import { startTestEngine, testPhone } from './testing/test-engine.ts'

const keyOf = (suite: SrtpKey['suite']): SrtpKey => ({
  suite,
  inline: randomBytes(16 + suiteTraits[suite].saltBytes).toString('base64'),
})

for (const suite of srtpSuites) {
  void test(`a phone with ${suite} talks to a plain one`, async (t) => {
    const server = await startTestEngine(t)
    const alice = await testPhone(t, server, { profile: 'srtp', srtp: keyOf(suite) })
    const bob = await testPhone(t, server, { codec: 'PCMA' })
    t.match(alice.endpoint.localSdp, `a=crypto:4 ${suite} inline:`)
    await alice.endpoint.bridge(bob.endpoint)
    alice.peer.talk(440)
    bob.peer.talk(1000)
    await Promise.all([alice.peer.hears(1000), bob.peer.hears(440)])
    const again = await alice.endpoint.accept(alice.peer.sdp(['a=sendrecv']))
    t.match(again, /a=crypto:4 .*/.exec(alice.endpoint.localSdp)![0], 'the same key after a re-negotiation')
    alice.peer.forget()
    await alice.peer.hears(1000)
    t.equal(alice.endpoint.stats().packetsMalformed, 0)
  })
}

void test('our offer has all suites, the answer takes one', async (t) => {
  const server = await startTestEngine(t)
  const endpoint = await server.createEndpoint({ profile: 'srtp' })
  t.match(endpoint.localSdp, 'RTP/SAVP 0 8 ')
  const lines = endpoint.localSdp.match(/a=crypto:.*/g)!
  t.equal(lines.length, 3)
  const peer = await RtpPeer.open({ srtp: keyOf('AES_CM_128_HMAC_SHA1_80') })
  t.teardown(() => peer.close())
  const answer = peer.sdp().replace('a=crypto:4', 'a=crypto:2')
  await t.rejects(endpoint.accept(peer.sdp()), { code: 'unusable-sdp' }, 'a tag that was not offered')
  peer.follow(endpoint.localSdp.replace(/a=crypto:[13].*\r\n/g, ''))
  await endpoint.accept(answer)
  await endpoint.bridge(endpoint)
  peer.talk(700)
  await peer.hears(700)
})

void test('an offer without protection is not taken for one with it, nor the other way', async (t) => {
  const server = await startTestEngine(t)
  const plain = await RtpPeer.open()
  const safe = await RtpPeer.open({ srtp: keyOf('AES_CM_128_HMAC_SHA1_80') })
  t.teardown(() => [plain, safe].forEach((peer) => peer.close()))
  const noKey = safe.sdp().replace(/a=crypto.*\r\n/, '')
  for (const [profile, remoteSdp] of [
    ['srtp', plain.sdp()],
    ['rtp', safe.sdp()],
    ['srtp', noKey],
    ['srtp', safe.sdp().replace('AES_CM_128_HMAC_SHA1_80', 'AES_CM_256_UNKNOWN')],
    ['srtp', safe.sdp().replace('|2^31', '|2^31|1:4')],
  ] as const) {
    await t.rejects(server.createEndpoint({ profile, remoteSdp }), { code: 'unusable-sdp' })
  }
})

void test('plain and forged packets do not enter a protected call', async (t) => {
  const server = await startTestEngine(t)
  const alice = await testPhone(t, server, { profile: 'srtp', srtp: keyOf('AES_CM_128_HMAC_SHA1_32') })
  await alice.endpoint.bridge(alice.endpoint)
  const intruder = await RtpPeer.open()
  t.teardown(() => intruder.close())
  intruder.follow(alice.endpoint.localSdp)
  intruder.talk(1500)
  alice.peer.talk(440)
  await alice.peer.hears(440)
  t.notOk(alice.peer.isHearing(1500))
  t.ok(alice.endpoint.stats().packetsMalformed > 0)
  t.equal(alice.endpoint.stats().packetsFromStrangers, 0, 'not even learnt')
})

for (const srtp of [undefined, keyOf('AEAD_AES_128_GCM')]) {
  void test(`RTP and RTCP on one port${srtp ? ', protected' : ''}`, async (t) => {
    const server = await startTestEngine(t)
    const profile = srtp ? 'srtp' : 'rtp'
    const { peer, endpoint } = await testPhone(t, server, { profile, isRtcpMux: true, ...(srtp ? { srtp } : {}) })
    t.match(endpoint.localSdp, 'a=rtcp-mux')
    await endpoint.bridge(endpoint)
    peer.talk(440)
    await peer.hears(440)
    await endpoint.close()
    while (peer.receivedRtcp.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    t.match(readRtcp(peer.receivedRtcp[0]!), { goodbyes: [Number] })
  })
}
