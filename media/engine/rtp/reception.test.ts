import { test } from 'tap'
import { Reception } from './reception.ts'

void test('losses are what is missing between first and last (RFC 3550 A.3)', (t) => {
  const reception = new Reception()
  const sequences = [65534, 65535, 0, 1, 3, 4, 2, 7]
  for (const [i, sequence] of sequences.entries()) reception.count(1, sequence, i * 160, i * 20)
  t.equal(reception.lost, 2)
  t.equal(reception.extendedHighest, 65536 + 7)
  t.equal(reception.takeFractionLost(), Math.floor((2 * 256) / 10))
  t.equal(reception.takeFractionLost(), 0)
  t.end()
})

void test('an even stream has no jitter, an uneven one has', (t) => {
  const even = new Reception()
  const uneven = new Reception()
  for (let i = 0; i < 200; i++) {
    even.count(1, i, i * 160, i * 20)
    uneven.count(1, i, i * 160, i * 20 + (i % 2) * 10)
  }
  t.equal(even.jitterMs, 0)
  t.ok(Math.abs(uneven.jitterMs - 10) < 1, `${uneven.jitterMs}`)
  t.end()
})

void test('another source restarts, a jump must be confirmed, copies and stragglers are late', (t) => {
  const reception = new Reception()
  t.equal(reception.count(1, 100, 0, 0), 'restarted')
  t.equal(reception.count(1, 101, 160, 20), 'in-order')
  t.equal(reception.count(1, 100, 0, 21), 'late')
  t.equal(reception.count(1, 30_000, 160, 40), 'dropped')
  t.equal(reception.count(1, 102, 320, 40), 'in-order')
  t.equal(reception.count(1, 40_000, 0, 60), 'dropped')
  t.equal(reception.count(1, 40_001, 0, 80), 'restarted')
  t.equal(reception.count(2, 7, 0, 100), 'restarted')
  t.equal(reception.lost, 0)
  t.end()
})
