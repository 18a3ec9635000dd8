import { test } from 'tap'
import {
  alawSilence,
  alawToLinear,
  alawToUlaw,
  decodeG711,
  encodeG711,
  linearToAlaw,
  linearToUlaw,
  ulawSilence,
  ulawToAlaw,
  ulawToLinear,
} from './g711.ts'

/** Corner values of the ITU-T G.711 tables, scaled to 16 bits. */
const known = [
  { law: 'u', code: 0xff, sample: 0 },
  { law: 'u', code: 0x7f, sample: 0 },
  { law: 'u', code: 0x80, sample: 32124 },
  { law: 'u', code: 0x00, sample: -32124 },
  { law: 'u', code: 0xf0, sample: 120 },
  { law: 'a', code: 0xd5, sample: 8 },
  { law: 'a', code: 0x55, sample: -8 },
  { law: 'a', code: 0xaa, sample: 32256 },
  { law: 'a', code: 0x2a, sample: -32256 },
]

void test('known codes decode to their samples', (t) => {
  for (const { law, code, sample } of known) {
    t.equal((law === 'u' ? ulawToLinear : alawToLinear)[code], sample, `${law}-law ${code.toString(16)}`)
  }
  t.end()
})

void test('a code decoded and encoded again is itself, silence is silence', (t) => {
  const encode = (table: Uint8Array, sample: number) => table[(sample + 0x8000) >> 2]
  for (let code = 0; code < 256; code++) {
    const expected = code === 0x7f ? 0xff : code
    t.equal(encode(linearToUlaw, ulawToLinear[code]!), expected)
    t.equal(encode(linearToAlaw, alawToLinear[code]!), code)
  }
  t.equal(ulawToLinear[ulawSilence], 0)
  t.equal(Math.abs(alawToLinear[alawSilence]!), 8)
  t.end()
})

void test('going to the other law and back stays within one step', (t) => {
  for (let code = 0; code < 256; code++) {
    const there = alawToLinear[ulawToAlaw[code]!]!
    t.ok(Math.abs(there - ulawToLinear[code]!) <= Math.max(16, Math.abs(there) / 16))
    const back = ulawToLinear[alawToUlaw[code]!]!
    t.ok(Math.abs(back - alawToLinear[code]!) <= Math.max(16, Math.abs(back) / 16))
  }
  t.end()
})

void test('a loud tone survives within the quantisation noise', (t) => {
  const samples = Int16Array.from({ length: 160 }, (_, i) =>
    Math.round(20000 * Math.sin((2 * Math.PI * 440 * i) / 8000)),
  )
  const bytes = Buffer.alloc(160)
  const decoded = new Int16Array(160)
  encodeG711(linearToUlaw, samples, 160, bytes, 0)
  t.equal(decodeG711(ulawToLinear, bytes, 0, 160, decoded), 160)
  for (const [i, sample] of samples.entries()) t.ok(Math.abs(sample - decoded[i]!) < 700)
  t.end()
})
