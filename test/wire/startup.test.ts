import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'tap'
import knex from 'knex'
import { Exchange, launch } from '../support/exchange.ts'
import { freePort } from '../support/free-port.ts'

/** Starts the program and expects it to give up with one line. */
async function complaintOf(env: Readonly<Record<string, string>>) {
  const program = launch(env)
  const giveUp = setTimeout(() => program.signal('SIGKILL'), 20_000)
  const { code } = await program.ended
  clearTimeout(giveUp)
  // What it had logged until then does not count.
  const lines = program.output.trimEnd().split('\n')
  return { code, lines: lines.filter((line) => !line.startsWith('{')) }
}

void test('what stops the exchange from starting is said in one line, with exit code 1', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'strowger-startup-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const running = await Exchange.start()
  t.teardown(() => running.stop())
  const elsewhere = async () => ({
    ...running.env,
    STROWGER_DATA_DIR: path.join(folder, 'data'),
    STROWGER_HTTP_PORT: String(await freePort()),
    STROWGER_SIP_LISTEN: `udp:127.0.0.1:${await freePort()}`,
  })

  const expectations: [what: string, env: Record<string, string>, says: RegExp][] = [
    [
      'a taken UDP port',
      { STROWGER_SIP_LISTEN: `udp:127.0.0.1:${running.sip.port}` },
      new RegExp(String(running.sip.port)),
    ],
    [
      'a taken TCP port',
      { STROWGER_SIP_LISTEN: `tcp:127.0.0.1:${running.sip.port}` },
      new RegExp(String(running.sip.port)),
    ],
    [
      'a taken HTTP port',
      { STROWGER_HTTP_PORT: new URL(running.api.base).port },
      new RegExp(new URL(running.api.base).port),
    ],
    ['a data directory that cannot be', { STROWGER_DATA_DIR: '/sys/strowger' }, /\/sys\/strowger/],
  ]
  for (const [what, env, says] of expectations) {
    await t.test(what, async (t) => {
      const { code, lines } = await complaintOf({ ...(await elsewhere()), ...env })
      t.equal(code, 1)
      t.equal(lines.length, 1, lines.join('\n'))
      t.match(lines[0], says)
    })
  }

  for (const [name, value] of [
    ['STROWGER_HTTP_PORT', 'many'],
    ['STROWGER_HTTP_PROT', '80'],
  ] as const) {
    await t.test(`${name}=${value}: a line for each setting that is wrong`, async (t) => {
      const { code, lines } = await complaintOf({ ...(await elsewhere()), [name]: value })
      t.equal(code, 1)
      t.equal(lines.length, 2, lines.join('\n'))
      t.match(lines[1], new RegExp(`^  ${name} `))
    })
  }

  await t.test('a data directory that is a file', async (t) => {
    const file = path.join(folder, 'file')
    writeFileSync(file, '')
    const { code, lines } = await complaintOf({ ...(await elsewhere()), STROWGER_DATA_DIR: file })
    t.equal(code, 1)
    t.equal(lines.length, 1, lines.join('\n'))
    t.match(lines[0], /file/)
  })
})

void test('a database of a newer version is left alone', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'strowger-newer-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const exchange = await Exchange.start({ dataDir: folder })
  t.equal(await exchange.stop(), 0)
  const database = knex({
    client: 'sqlite3',
    connection: { filename: path.join(folder, 'strowger.db') },
    useNullAsDefault: true,
  })
  await database('schema_version').insert({ version: 9999, name: 'from the future', applied_at_ms: 0 })
  await database.destroy()
  const { code, lines } = await complaintOf(exchange.env)
  t.equal(code, 1)
  t.equal(lines.length, 1, lines.join('\n'))
  t.match(lines[0], /newer/i)
})
