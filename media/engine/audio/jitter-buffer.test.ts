import { test } from 'tap'
import { encodeG711, linearToUlaw } from './g711.ts'
import { amplitudeAt, loudness } from './goertzel.ts'
import { JitterBuffer } from './jitter-buffer.ts'

interface Sent {
  readonly sequence: number
  readonly packet: Buffer
  readonly arrivalMs: number
}

/** A tone of 500 Hz in 20 ms packets, each arriving `delayOf` ms after it was sent. */
function stream(count: number, delayOf: (index: number) => number | undefined): Sent[] {
  const sent: Sent[] = []
  for (let index = 0; index < count; index++) {
    const delayMs = delayOf(index)
    if (delayMs === undefined) continue
    const samples = Int16Array.from({ length: 160 }, (_, i) =>
      Math.round(8000 * Math.sin((2 * Math.PI * 500 * (index * 160 + i)) / 8000)),
    )
    const packet = Buffer.alloc(160)
    encodeG711(linearToUlaw, samples, 160, packet, 0)
    sent.push({ sequence: (65_500 + index) & 0xffff, packet, arrivalMs: 1000 + index * 20 + delayMs })
  }
  return sent.sort((a, b) => a.arrivalMs - b.arrivalMs)
}

/** Plays a stream out in ticks of 20 ms. */
function play(
  sent: readonly Sent[],
  ticks: number,
): { buffer: JitterBuffer; frames: { samples: Int16Array; isVoice: boolean }[] } {
  const buffer = new JitterBuffer(8000)
  const frames = []
  let next = 0
  for (let tick = 0; tick < ticks; tick++) {
    const nowMs = 1000 + tick * 20 + 7
    for (let arrived = sent[next]; arrived && arrived.arrivalMs <= nowMs; arrived = sent[++next]) {
      const { packet, sequence, arrivalMs } = arrived
      const timestamp = (((sequence - 65_500) & 0xffff) * 160) >>> 0
      buffer.put({ packet, from: 0, to: 160, sequence, timestamp, codec: 'PCMU' }, arrivalMs)
    }
    const samples = new Int16Array(160)
    frames.push({ isVoice: buffer.take(samples), samples })
  }
  return { buffer, frames }
}

function joined(frames: readonly { samples: Int16Array }[]): Int16Array {
  return Int16Array.from(frames.flatMap(({ samples }) => Array.from(samples)))
}

void test('an even stream comes out as it went in, soon', (t) => {
  const { frames, buffer } = play(
    stream(50, () => 5),
    50,
  )
  const first = frames.findIndex(({ isVoice }) => isVoice)
  t.ok(first <= 2, `starts at tick ${first}`)
  t.ok(frames.slice(first).every(({ isVoice }) => isVoice))
  t.ok(amplitudeAt(joined(frames.slice(5, 45)), 500, 8000) > 7800)
  t.equal(buffer.targetDelayMs, 30)
  t.end()
})

void test('wrong order and copies are put right', (t) => {
  const shuffled = stream(50, (index) => (index % 5 === 0 ? 25 : 3))
  const { frames } = play(
    [...shuffled, ...shuffled].sort((a, b) => a.arrivalMs - b.arrivalMs),
    50,
  )
  t.ok(amplitudeAt(joined(frames.slice(10, 45)), 500, 8000) > 7500)
  t.end()
})

void test('jitter makes the delay grow until nothing is missing', (t) => {
  const { frames, buffer } = play(
    stream(300, (index) => (index * 37) % 80),
    300,
  )
  t.ok(buffer.targetDelayMs >= 60, `${buffer.targetDelayMs} ms`)
  t.ok(amplitudeAt(joined(frames.slice(200, 280)), 500, 8000) > 7000)
  t.end()
})

void test('a lost packet is concealed, a pause is silence', (t) => {
  const { frames } = play(
    stream(60, (index) => (index % 10 === 5 || (index > 30 && index < 45) ? undefined : 4)),
    60,
  )
  t.ok(frames.slice(5, 28).every(({ isVoice, samples }) => isVoice && loudness(samples) > 500))
  const pause = frames.slice(38, 44)
  t.ok(pause.every(({ isVoice, samples }) => !isVoice && loudness(samples) === 0))
  t.ok(amplitudeAt(joined(frames.slice(49, 54)), 500, 8000) > 6000)
  t.end()
})

void test("a sender's clock that runs fast does not make the delay grow for ever", (t) => {
  const sent = stream(2000, (index) => 5 - index * 0.2).map((packet) => packet)
  const { frames } = play(sent, 1950)
  const last = joined(frames.slice(-50))
  t.ok(amplitudeAt(last, 500, 8000) > 5000)
  t.end()
})

void test('a jump of the numbers starts anew', (t) => {
  const buffer = new JitterBuffer(8000)
  const samples = new Int16Array(160)
  const packet = Buffer.alloc(160, 0x10)
  for (const base of [100, 40_000, 3]) {
    for (let i = 0; i < 5; i++) {
      const sequence = base + i
      buffer.put({ packet, from: 0, to: 160, sequence, timestamp: sequence * 160, codec: 'PCMU' }, 1000 + i * 20)
    }
    t.ok(buffer.take(samples), `from ${base}`)
    for (let i = 0; i < 20; i++) buffer.take(samples)
  }
  t.end()
})
