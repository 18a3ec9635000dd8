import { randomBytes } from 'node:crypto'
import { test } from 'tap'
import { SecretCipher } from './secret-cipher.ts'

void test('a secret opens with the same key and owner', async (t) => {
  const cipher = new SecretCipher(randomBytes(32))
  for (const secret of ['', 'geheim', 'påssword 🙂', 'x'.repeat(10_000)]) {
    t.equal(cipher.open(cipher.seal(secret, 'dev_1'), 'dev_1'), secret)
  }
  t.not(cipher.seal('geheim', 'dev_1'), cipher.seal('geheim', 'dev_1'))
})

void test('it opens with nothing else', async (t) => {
  const cipher = new SecretCipher(randomBytes(32))
  const sealed = cipher.seal('geheim', 'dev_1')
  const unreadable = { code: 'secret-unreadable', message: /of dev_\d/ }
  t.throws(() => cipher.open(sealed, 'dev_2'), unreadable, 'moved to another row')
  t.throws(() => new SecretCipher(randomBytes(32)).open(sealed, 'dev_1'), unreadable, 'another key')
  t.throws(() => cipher.open('', 'dev_1'), unreadable)
  t.throws(() => cipher.open('geheim', 'dev_1'), unreadable)
  const bytes = Buffer.from(sealed, 'base64')
  for (const at of bytes.keys()) {
    const changed = Buffer.from(bytes)
    changed[at]! ^= 1
    t.throws(() => cipher.open(changed.toString('base64'), 'dev_1'), unreadable, `byte ${at} changed`)
  }
  t.throws(() => cipher.open(bytes.subarray(0, -1).toString('base64'), 'dev_1'), unreadable, 'cut off')
})

void test('a key of another length is refused', async (t) => {
  for (const bytes of [0, 16, 31, 33]) t.throws(() => new SecretCipher(randomBytes(bytes)), RangeError)
})
