import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { configKeys } from './config-keys.ts'
import { loadConfig } from './load-config.ts'
import { renderConfigDocs, renderEnvExample } from './render-docs.ts'

void test('the documents in the repository are those of the schema (else: npm run docs)', async (t) => {
  t.equal(readFileSync('docs/configuration.md', 'utf8'), renderConfigDocs())
  t.equal(readFileSync('.env.example', 'utf8'), renderEnvExample())
})

void test('every key is documented', async (t) => {
  const documented = renderConfigDocs()
  for (const { name, variable } of configKeys) {
    t.ok(documented.includes(`| \`${name}\` | \`${variable}\` |`), name)
  }
})

void test('the values in .env.example are valid', async (t) => {
  const entries = [...renderEnvExample().matchAll(/^#(STROWGER_\w+)=(.+)$/gm)]
  const env = Object.fromEntries(entries.map(([, name = '', value]) => [name, value]))
  t.ok(entries.length > 15)
  t.doesNotThrow(() => loadConfig({ cwd: t.testdir(), env }))
})
