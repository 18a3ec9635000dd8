import { test } from 'tap'
import { UnplayableSource } from '../../media-errors.ts'
import { amplitudeAt, loudness } from './goertzel.ts'
import { dtmfFrequencies, parseToneScript } from './tone-script.ts'
import { ToneSource } from './tone-source.ts'

const step = (onMs: number, offMs: number, ...frequencies: number[]) => ({ onMs, offMs, frequencies })

const scripts = [
  { spec: '%(400,200,440,480)', steps: [step(400, 200, 440, 480)], repeats: 1 },
  { spec: 'L=3;%(100,100,350,440)', steps: [step(100, 100, 350, 440)], repeats: 3 },
  { spec: '%(2000,4000,440,480);loops=-1', steps: [step(2000, 4000, 440, 480)], repeats: Infinity },
  { spec: 'v=-20;l=2;%(50,0,1000)', steps: [{ ...step(50, 0, 1000), levelDb: -20, repeats: 2 }], repeats: 1 },
  { spec: 'd=60;w=40;1#', steps: [step(60, 40, 697, 1209), step(60, 40, 941, 1477)], repeats: 1 },
  { spec: '%(100,0,0)', steps: [step(100, 0)], repeats: 1 },
]

void test('tone scripts in the notation of FreeSWITCH', (t) => {
  for (const { spec, ...expected } of scripts) t.match(parseToneScript(spec), expected, spec)
  t.end()
})

void test('what is no tone script is refused', (t) => {
  for (const spec of ['', ';;', 'hello', '%(', '%(a,b,440)', '%(100,100,-5)', 'v=', 'L=x;%(1,1,400)', '%()']) {
    t.throws(() => parseToneScript(spec), UnplayableSource, spec)
  }
  t.end()
})

void test('keys have their two frequencies (ITU-T Q.23)', (t) => {
  t.strictSame(dtmfFrequencies('5'), [770, 1336])
  t.strictSame(dtmfFrequencies('d'), [941, 1633])
  t.equal(dtmfFrequencies('x'), undefined)
  t.equal(dtmfFrequencies(''), undefined)
  t.end()
})

void test('a script sounds as written', (t) => {
  const source = new ToneSource(parseToneScript('v=-7;%(100,50,440,480);%(100,0,1000)'), 8000)
  const samples = new Int16Array(4000)
  t.equal(source.read(samples), 2000)
  const level = 32767 * 10 ** ((-7 - 3.14) / 20)
  const first = samples.subarray(0, 800)
  t.ok(Math.abs(amplitudeAt(first, 440, 8000) / level - 1) < 0.05)
  t.ok(Math.abs(amplitudeAt(first, 480, 8000) / level - 1) < 0.05)
  t.equal(loudness(samples.subarray(800, 1200)), 0)
  t.ok(amplitudeAt(samples.subarray(1200, 2000), 1000, 8000) > level * 0.9)
  t.equal(source.read(samples), 0)
  t.end()
})

void test('a script without any length ends, one without end does not', (t) => {
  const samples = new Int16Array(160)
  t.equal(new ToneSource(parseToneScript('L=-1;%(0,0,440)'), 8000).read(samples), 0)
  const endless = new ToneSource(parseToneScript('L=-1;%(7,0,440)'), 8000)
  for (let i = 0; i < 100; i++) t.equal(endless.read(samples), 160)
  t.end()
})
