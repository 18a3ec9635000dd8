import { test } from 'tap'
import { areKeys, eventOfKey, keyOfEvent, type KeyPress, KeyReceiver, writeEvent } from './telephone-event.ts'

interface Packet {
  readonly timestamp: number
  readonly code: number
  readonly duration: number
  readonly isEnd?: boolean
  readonly isLate?: boolean
}

function receive(keys: KeyReceiver, packets: readonly Packet[]): KeyPress[] {
  return packets.flatMap(({ timestamp, code, duration, isEnd = false, isLate = false }) => {
    const bytes = Buffer.alloc(4)
    writeEvent(bytes, 0, { code, isEnd, duration })
    return keys.receive(bytes, 0, 4, { timestamp, clockRate: 8000, nowMs: 1000, isLate }) ?? []
  })
}

const five = (duration: number, isEnd = false) => ({ timestamp: 100, code: 5, duration, isEnd })

const cases: readonly {
  readonly name: string
  readonly packets: readonly Packet[]
  readonly heard: readonly KeyPress[]
}[] = [
  {
    name: 'one press, its end three times',
    packets: [five(160), five(320), five(800, true), five(800, true), five(800, true)],
    heard: [{ digit: '5', durationMs: 100 }],
  },
  { name: 'only an end came', packets: [five(800, true)], heard: [{ digit: '5', durationMs: 100 }] },
  {
    name: 'the same key twice',
    packets: [five(160), five(800, true), { timestamp: 2000, code: 5, duration: 800, isEnd: true }],
    heard: [
      { digit: '5', durationMs: 100 },
      { digit: '5', durationMs: 100 },
    ],
  },
  {
    name: 'a lost end is told by the next key',
    packets: [five(160), five(480), { timestamp: 2000, code: 11, duration: 160 }],
    heard: [{ digit: '5', durationMs: 60 }],
  },
  {
    name: 'a late copy of an older key is not pressed again',
    packets: [
      five(800, true),
      { timestamp: 2000, code: 6, duration: 800, isEnd: true },
      { ...five(800, true), isLate: true },
    ],
    heard: [
      { digit: '5', durationMs: 100 },
      { digit: '6', durationMs: 100 },
    ],
  },
  { name: 'flash is no key', packets: [{ timestamp: 1, code: 16, duration: 800, isEnd: true }], heard: [] },
]

void test('key presses are told once each', (t) => {
  for (const { name, packets, heard } of cases) t.strictSame(receive(new KeyReceiver(), packets), heard, name)
  t.end()
})

void test('a press whose end never comes is told after a while', (t) => {
  const keys = new KeyReceiver()
  t.strictSame(receive(keys, [five(320)]), [])
  t.equal(keys.overdue(1100, 8000), undefined)
  t.strictSame(keys.overdue(1300, 8000), { digit: '5', durationMs: 40 })
  t.equal(keys.overdue(9000, 8000), undefined)
  t.end()
})

void test('keys and codes', (t) => {
  for (const [code, key] of Array.from('0123456789*#ABCD').entries()) {
    t.equal(keyOfEvent(code), key)
    t.equal(eventOfKey(key.toLowerCase()), code)
  }
  t.equal(eventOfKey('12'), undefined)
  t.ok(areKeys('12#*aD'))
  t.notOk(areKeys(''))
  t.notOk(areKeys('1x'))
  t.end()
})
