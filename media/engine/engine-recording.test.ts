import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { amplitudeAt, loudness } from './audio/goertzel.ts'
import { startTestEngine, type TestScope, testPhone } from './testing/test-engine.ts'

async function directory(t: TestScope): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'strowger-media-'))
  t.teardown(() => rm(path, { recursive: true }))
  return path
}

/** The samples of one channel. */
async function channel(file: string, which: 0 | 1): Promise<Int16Array> {
  const bytes = await readFile(file)
  const samples = new Int16Array((bytes.length - 44) / 4)
  return samples.map((_, i) => bytes.readInt16LE(44 + i * 4 + which * 2))
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

void test('a message ends with silence', async (t) => {
  const server = await startTestEngine(t)
  const { peer, endpoint } = await testPhone(t, server)
  peer.talk(440)
  const recording = endpoint.record(join(await directory(t), 'm.wav'), { maxMs: 20_000, silenceMs: 600 })
  await pause(500)
  peer.talk(0)
  const { endedBy, durationMs } = await recording
  t.equal(endedBy, 'silence')
  t.ok(durationMs > 900 && durationMs < 3000, `${durationMs} ms`)
})

void test('a message is stopped by its signal', async (t) => {
  const server = await startTestEngine(t)
  const { endpoint } = await testPhone(t, server)
  const stop = new AbortController()
  const recording = endpoint.record(join(await directory(t), 'm.wav'), { maxMs: 20_000, signal: stop.signal })
  await pause(100)
  stop.abort()
  t.match(await recording, { endedBy: 'stop' })
})

void test('a conversation is recorded with one party on each channel, over a hold and a new partner', async (t) => {
  const server = await startTestEngine(t)
  const alice = await testPhone(t, server)
  const bob = await testPhone(t, server, { codec: 'PCMA' })
  const carol = await testPhone(t, server)
  await alice.endpoint.bridge(bob.endpoint)
  alice.peer.talk(440)
  bob.peer.talk(1000)
  carol.peer.talk(1500)
  await alice.peer.hears(1000)
  const file = join(await directory(t), 'call.wav')
  const recording = await alice.endpoint.recordSession(file)
  await pause(800)
  await alice.endpoint.unbridge()
  void alice.endpoint.play({ kind: 'tone', spec: '%(700,0,660)' })
  await alice.peer.hears(660)
  await pause(600)
  await alice.endpoint.bridge(carol.endpoint)
  await alice.peer.hears(1500)
  await pause(500)
  const result = await recording.stop()
  t.match(result, { endedBy: 'stop' })
  t.same(await recording.ended, result)

  const left = await channel(file, 0)
  const right = await channel(file, 1)
  t.ok(Math.abs(left.length / 8 - result.durationMs) < 1)
  t.ok(amplitudeAt(left.subarray(1600), 440, 8000) > 5000, 'the caller throughout')
  t.ok(amplitudeAt(left, 1000, 8000) < 500)
  t.ok(amplitudeAt(right.subarray(1600, 4800), 1000, 8000) > 5000, 'the first partner')
  t.ok(amplitudeAt(right.subarray(-3200), 1500, 8000) > 5000, 'the second partner')
  t.ok(strongest(right, 660) > 5000, 'the music between')
  t.ok(strongest(right, 440) < 500)
})

void test('a paused recording has silence in it', async (t) => {
  const server = await startTestEngine(t)
  const { peer, endpoint } = await testPhone(t, server)
  peer.talk(440)
  await endpoint.bridge(endpoint)
  await peer.hears(440)
  const file = join(await directory(t), 'paused.wav')
  const recording = await endpoint.recordSession(file)
  await pause(400)
  recording.pause()
  await pause(400)
  recording.resume()
  await pause(400)
  await endpoint.close()
  t.match(await recording.ended, { endedBy: 'closed' })
  const left = await channel(file, 0)
  const ticks = Array.from({ length: Math.floor(left.length / 160) }, (_, i) =>
    loudness(left.subarray(i * 160, i * 160 + 160)),
  )
  t.ok(ticks.filter((tick) => tick === 0).length >= 15)
  t.ok(ticks.slice(-8).every((tick) => tick > 1000))
})

/** The greatest amplitude at a frequency in any 100 ms. */
function strongest(samples: Int16Array, hertz: number): number {
  let most = 0
  for (let at = 0; at + 800 <= samples.length; at += 400) {
    most = Math.max(most, amplitudeAt(samples.subarray(at, at + 800), hertz, 8000))
  }
  return most
}
