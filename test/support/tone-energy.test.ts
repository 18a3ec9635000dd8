import { test } from 'tap'
import { longestToneMs, loudness, toneShare } from './tone-energy.ts'

function tone(hz: number, count: number, amplitude = 8000): Int16Array {
  return Int16Array.from({ length: count }, (_, n) => amplitude * Math.sin((2 * Math.PI * hz * n) / 8000))
}

void test('finds the share of a tone', async (t) => {
  t.ok(toneShare(tone(440, 800), 440) > 0.95)
  t.ok(toneShare(tone(440, 800), 1000) < 0.05)
  t.equal(toneShare(new Int16Array(800), 440), 0)
  const both = tone(440, 800).map((sample, n) => sample + (tone(1000, 800)[n] ?? 0))
  t.ok(toneShare(both, 440) > 0.4 && toneShare(both, 1000) > 0.4)
})

void test('measures loudness and the length of a tone', async (t) => {
  t.equal(loudness(new Int16Array(0)), 0)
  t.ok(Math.abs(loudness(tone(440, 8000)) - 8000 / Math.SQRT2) < 50)
  const samples = Int16Array.from([...new Int16Array(4000), ...tone(440, 8000), ...new Int16Array(4000)])
  t.equal(longestToneMs(samples, 440), 1000)
  t.equal(longestToneMs(samples, 900), 0)
})
