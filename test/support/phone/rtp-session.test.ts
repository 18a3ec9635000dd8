import { test } from 'tap'
import { decodePcmu, encodePcmu } from './pcmu.ts'
import { readRtp, writeRtp } from './rtp-packet.ts'
import { RtpSession } from './rtp-session.ts'
import { within } from './within.ts'

void test('mu-law comes back within its quantisation step', async (t) => {
  const samples = Int16Array.from([0, 1, -1, 100, -100, 1000, -1000, 8031, -8031, 32000, -32000, 32767, -32768])
  const back = decodePcmu(encodePcmu(samples))
  samples.forEach((sample, n) => {
    t.ok(Math.abs((back[n] ?? 0) - sample) <= Math.max(8, Math.abs(sample) / 16), `${sample} is about ${back[n] ?? 0}`)
  })
  t.equal(encodePcmu(Int16Array.of(0))[0], 0xff)
  t.strictSame([...encodePcmu(decodePcmu(Uint8Array.of(0x00, 0x80, 0x9a, 0x2b)))], [0x00, 0x80, 0x9a, 0x2b])
})

void test('an RTP packet is read back as it was written, and RTCP is none', async (t) => {
  const packet = {
    payloadType: 101,
    hasMarker: true,
    sequence: 65_535,
    timestamp: 4_000_000_000,
    ssrc: 7,
    payload: Buffer.from('abc'),
  }
  t.strictSame(readRtp(writeRtp(packet)), packet)
  t.equal(readRtp(Buffer.from([0x80, 200, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])), undefined)
  t.equal(readRtp(Buffer.from('short')), undefined)
})

void test('two sessions hear each other and the keys that are pressed', async (t) => {
  const alice = await RtpSession.open('127.0.0.1')
  const bob = await RtpSession.open('127.0.0.1')
  t.teardown(() => {
    alice.close()
    bob.close()
  })
  alice.sendTo({ address: '127.0.0.1', port: bob.port })
  bob.sendTo({ address: '127.0.0.1', port: alice.port })
  await within(3000, () => 'silence', bob.ear.silence(100))
  alice.voice.tone(440)
  bob.voice.tone(1000)
  await within(3000, () => '440 Hz', bob.ear.tone(440))
  await within(3000, () => '1000 Hz', alice.ear.tone(1000))
  const pressed: string[] = []
  const all = new Promise<void>((resolve) => {
    bob.events.on('digit', (digit) => {
      pressed.push(digit)
      if (pressed.length === 4) resolve()
    })
  })
  alice.press('1*#7')
  await within(3000, () => `keys, only ${pressed.join('')}`, all)
  t.equal(pressed.join(''), '1*#7')
  t.equal(bob.counts.lost, 0)
})
