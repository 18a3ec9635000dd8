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
  return { code, lines: program.output.trimEnd().split('\n') }
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
    ['a data directory that cannot be', { STROWGER_DATA_DIR: '/proc/strowger' }, /\/proc\/strowger/],
    ['a setting that is wrong', { STROWGER_HTTP_PORT: 'many' }, /http\.port|STROWGER_HTTP_PORT/],
    ['a setting that does not exist', { STROWGER_HTTP_PROT: '80' }, /STROWGER_HTTP_PROT/],
  ]
  for (const [what, env, says] of expectations) {
    await t.test(what, async (t) => {
      const { code, lines } = await complaintOf({ ...(await elsewhere()), ...env })
      t.equal(code, 1)
      t.equal(lines.length, 1, lines.join('\n'))
      t.match(lines[0], says)
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
  await database('knex_migrations').insert({ name: '9999-from-the-future', batch: 99 })
  await database.destroy()
  const { code, lines } = await complaintOf(exchange.env)
  t.equal(code, 1)
  t.equal(lines.length, 1, lines.join('\n'))
  t.match(lines[0], /newer/i)
})
