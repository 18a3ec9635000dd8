import { test } from 'tap'
import { newId } from './ids.ts'

void test('ids carry their kind, sort by time and do not repeat', (t) => {
  const ids = Array.from({ length: 10_000 }, () => newId('call'))
  t.match(ids[0], /^call_[0-9a-hjkmnp-tv-z]{26}$/)
  t.equal(new Set(ids).size, ids.length)
  t.strictSame([...ids].sort(), ids)
  t.match(newId('user'), /^usr_/)
  t.end()
})
