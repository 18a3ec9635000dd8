import { test } from 'tap'
import { FrameBroken, FrameReader } from './frame-reader.ts'

const texts = (frames: readonly Buffer[]) => frames.map((frame) => frame.toString())

void test('frames are cut by their length, however the bytes come', (t) => {
  const whole = '5#hello0#3#a#b11#{é} and #12'
  for (let size = 1; size <= Buffer.byteLength(whole); size++) {
    const reader = new FrameReader()
    const bytes = Buffer.from(whole)
    const found: string[] = []
    for (let at = 0; at < bytes.length; at += size) found.push(...texts(reader.push(bytes.subarray(at, at + size))))
    t.strictSame(found, ['hello', '', 'a#b', '{é} and #1'], `in pieces of ${size}`)
  }
  t.end()
})

for (const bad of ['#x', 'abc#', '-1#', '1 #a', '12345678', '999999#']) {
  void test(`no frame: ${bad}`, (t) => {
    t.throws(() => new FrameReader().push(Buffer.from(bad)), FrameBroken)
    t.end()
  })
}
