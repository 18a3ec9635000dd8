import path from 'node:path'
import { test } from 'tap'
import { adminPassword, Exchange, repositoryRoot } from '../support/exchange.ts'
import { freePort } from '../support/free-port.ts'
import { ProcessUnderTest } from '../support/process-under-test.ts'

async function runDemo(env: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const startedAt = performance.now()
  const inherited = { PATH: process.env['PATH'] ?? '' }
  const file = path.join(repositoryRoot(), 'dist/test/demo/demo.js')
  const demo = new ProcessUnderTest(process.execPath, [file, ...args], { env: { ...inherited, ...env } })
  const { code } = await demo.ended
  return { code, output: demo.output, seconds: (performance.now() - startedAt) / 1000 }
}

void test('the demo shows a call within ten seconds, and leaves nobody behind', async (t) => {
  const exchange = await Exchange.start()
  t.teardown(() => exchange.stop())
  for (const flags of [[], ['--url', exchange.api.base, '--password', adminPassword]]) {
    const { STROWGER_ADMIN_PASSWORD: _, ...withoutPassword } = exchange.env
    const { code, output, seconds } = await runDemo(withoutPassword, flags)
    t.equal(code, 0, output)
    t.ok(seconds < 10, `it took ${seconds.toFixed(1)} s`)
    t.match(output, /Demo Alice hears the 1000 Hz/)
    t.match(output, /Demo Bob hears the 440 Hz/)
    t.match(output, /INVITE sip:\d+@.*▶/)
    t.match(output, /The history: .* answered/)
  }
  const { items } = await exchange.api.ask<{ items: { name: string }[] }>('GET', '/users')
  t.notOk(items.some((user) => user.name.startsWith('Demo')))
})

void test('the demo says when there is no exchange', async (t) => {
  const { code, output } = await runDemo({ STROWGER_HTTP_PORT: String(await freePort()) })
  t.equal(code, 1)
  t.match(output, /^No exchange answers at http:\/\/localhost:\d+: start one with 'npm start' first\.\n$/)
})
