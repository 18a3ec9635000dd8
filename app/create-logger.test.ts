import { spawnSync } from 'node:child_process'
import { test } from 'tap'

const program = `
  const { createLogger } = await import(${JSON.stringify(new URL(`./create-logger.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url).href)})
  const log = createLogger('info')
  log.debug({}, 'not shown')
  log.child({ callId: 'call_1' }).info({ password: 'p', user: { sipPassword: 'p' }, deep: { er: { token: 'p' } } }, 'hello')
`

void test('lines are JSON with ids, without secrets, from the wanted level on', (t) => {
  const args = [...process.execArgv, '--input-type=module', '--eval', program]
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  const lines = stdout.trim().split('\n')
  t.equal(lines.length, 1, stderr)
  const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>
  t.match(line, { level: 'info', callId: 'call_1', msg: 'hello', time: /^\d{4}-/ })
  t.match(line, {
    password: '[removed]',
    user: { sipPassword: '[removed]' },
    deep: { er: { token: '[removed]' } },
  })
  t.end()
})
