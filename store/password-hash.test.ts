import { test } from 'tap'
import { hashPassword, verifyPassword } from './password-hash.ts'

void test('a password is known again by its hash', async (t) => {
  const hash = await hashPassword('correct horse')
  t.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  t.not(await hashPassword('correct horse'), hash)
  t.equal(await verifyPassword(hash, 'correct horse'), true)
  t.equal(await verifyPassword(hash, 'Correct horse'), false)
  t.equal(await verifyPassword(hash, ''), false)
})

void test('an accented letter typed in two ways is the same password', async (t) => {
  t.equal(await verifyPassword(await hashPassword('p\u00e5ss'), 'pa\u030ass'), true)
})

void test('what is not a hash fits no password', async (t) => {
  for (const hash of ['', 'x', '$argon2id$v=19$m=1$x']) t.equal(await verifyPassword(hash, 'x'), false)
})
