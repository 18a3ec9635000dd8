import { test } from 'tap'
import type { KeyPress } from '../rtp/telephone-event.ts'
import { DtmfDetector } from './dtmf-detector.ts'
import { SteadyTone } from './steady-tone.ts'
import { parseToneScript } from './tone-script.ts'
import { ToneSource } from './tone-source.ts'

/** Ticks of a tone script, with noise under it. */
function* ticks(spec: string, noise = 0): Generator<Int16Array> {
  const source = new ToneSource(parseToneScript(spec), 8000)
  let seed = 1
  for (;;) {
    const frame = new Int16Array(160)
    if (source.read(frame) === 0) return
    for (let i = 0; i < 160; i++) {
      seed = (seed * 1103515245 + 12345) >>> 0
      frame[i] = frame[i]! + Math.round(((seed >>> 16) / 65536 - 0.5) * noise)
    }
    yield frame
  }
}

function keysIn(spec: string, noise = 0): KeyPress[] {
  const detector = new DtmfDetector()
  return [...ticks(spec, noise), new Int16Array(800)].flatMap((frame) => detector.feed(frame) ?? [])
}

const heard = [
  { name: 'all sixteen', spec: 'd=100;w=100;123A456B789C*0#D', digits: '123A456B789C*0#D' },
  { name: 'quick', spec: 'd=50;w=50;1590', digits: '1590' },
  { name: 'faint', spec: 'v=-25;d=80;w=80;147*', digits: '147*' },
  { name: 'loud', spec: 'v=-3;d=80;w=80;258', digits: '258' },
  { name: 'the same key twice', spec: 'd=80;w=60;55', digits: '55' },
]

void test('keys are heard in the sound', (t) => {
  for (const { name, spec, digits } of heard) {
    t.equal(
      keysIn(spec, 200)
        .map(({ digit }) => digit)
        .join(''),
      digits,
      name,
    )
  }
  const [press] = keysIn('d=200;w=100;7')
  t.ok(Math.abs(press!.durationMs - 200) <= 26, `${press!.durationMs}`)
  t.end()
})

void test('what is no key is not heard as one', (t) => {
  for (const spec of [
    '%(500,0,697)',
    '%(500,0,1209)',
    '%(500,0,440,480)',
    '%(500,0,697,770,1209)',
    '%(20,100,697,1209)',
    '%(300,0,1100)',
    '%(500,0,300,600,900,1200,1500)',
  ]) {
    t.strictSame(keysIn(spec), [], spec)
  }
  t.end()
})

void test('a fax tone is told once each time it sounds', (t) => {
  const count = (spec: string) => {
    const detector = new SteadyTone(1100, 400)
    return [...ticks(spec, 300)].filter((frame) => detector.feed(frame)).length
  }
  t.equal(count('l=2;%(500,3000,1100)'), 2)
  t.equal(count('%(300,500,1100)'), 0)
  t.equal(count('%(1000,0,1000)'), 0)
  t.equal(count('%(1000,0,1100,700)'), 0)
  t.end()
})
