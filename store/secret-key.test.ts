import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { loadOrCreateKey } from './secret-key.ts'

void test('the key is made once, for the owner alone, with its directory', async (t) => {
  const dataDir = join(t.testdir({}), 'deep', 'data')
  const key = await loadOrCreateKey(dataDir)
  t.equal(key.length, 32)
  t.same(await loadOrCreateKey(dataDir), key)
  t.equal(statSync(join(dataDir, 'secret.key')).mode & 0o777, 0o600)
  t.same(readdirSync(dataDir), ['secret.key'])
})

void test('of several that make it at once all get the same one', async (t) => {
  const dataDir = t.testdir({})
  const keys = await Promise.all(Array.from({ length: 10 }, () => loadOrCreateKey(dataDir)))
  t.equal(new Set(keys.map((key) => key.toString('hex'))).size, 1)
  t.same(readdirSync(dataDir), ['secret.key'])
})

void test('a key file that is not one stops the start with one line', async (t) => {
  const cases: readonly [content: string | object, says: RegExp][] = [
    ['', /must have 32 bytes/],
    ['too short', /must have 32 bytes/],
    [{}, /EISDIR/],
  ]
  for (const [content, says] of cases) {
    const dataDir = t.testdir({ 'secret.key': content as string })
    await t.rejects(loadOrCreateKey(dataDir), { code: 'startup-failed', message: says })
    await t.rejects(loadOrCreateKey(dataDir), { message: /^[^\n]*secret\.key[^\n]*$/ })
  }
  await t.rejects(loadOrCreateKey(join(t.testdir({ file: '' }), 'file')), { code: 'startup-failed' })
})
