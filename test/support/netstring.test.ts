import { test } from 'tap'
import { NetstringReader, writeNetstring } from './netstring.ts'

void test('netstrings are read however they are cut', async (t) => {
  const bytes = Buffer.from(writeNetstring('{"a":"ä"}') + writeNetstring('') + writeNetstring('second'))
  for (let at = 0; at <= bytes.length; at += 1) {
    const reader = new NetstringReader()
    const found = [...reader.push(bytes.subarray(0, at)), ...reader.push(bytes.subarray(at))]
    t.strictSame(found, ['{"a":"ä"}', '', 'second'])
  }
  t.throws(() => new NetstringReader().push(Buffer.from('x:')), /no netstring/)
})
