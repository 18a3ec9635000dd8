import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import type { UserView } from '../../admin-api/contracts/users.ts'
import { localKeyFileName } from '../../admin-api/local-key.ts'
import { TestApi } from '../../admin-api/test-api.ts'
import { version } from '../version.ts'
import { runCommand } from './run-command.ts'

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function run(line: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const out: string[] = []
  const err: string[] = []
  const shell = { env, cwd: '/', out: (text: string) => out.push(text), err: (text: string) => err.push(text) }
  const code = await runCommand(line, shell)
  return { code, out: out.join('\n'), err: err.join('\n') }
}

function environmentOf(api: TestApi): Record<string, string> {
  const { hostname, port } = new URL(api.base)
  return { STROWGER_DATA_DIR: api.dataDir, STROWGER_HTTP_HOST: hostname, STROWGER_HTTP_PORT: port }
}

const wrongLines: readonly (readonly [line: string, says: RegExp])[] = [
  ['', /a command is missing/],
  ['frobnicate', /no command 'frobnicate'/],
  ['user', /no command 'user'/],
  ['user remove', /no command 'user remove'/],
  ['user add', /--name is missing/],
  ['user add --name Alice', /--extension is missing/],
  ['user add --name Alice --extension', /argument missing/],
  ['user add --nmae Alice', /Unknown option '--nmae'/],
  ['user list everybody', /Unexpected argument 'everybody'/],
  ['device add --label Desk', /--user is missing/],
  ['device add --user 1001', /--label is missing/],
  ['start now', /start takes no 'now'/],
]

void test('wrong usage says what is wrong and ends with 2', async (t) => {
  for (const [line, says] of wrongLines) {
    const { code, out, err } = await run(line.split(' ').filter(Boolean))
    t.equal(code, 2, line)
    t.match(err, says, line)
    t.match(err, /--help/)
    t.equal(out, '')
  }
})

void test('help and version', async (t) => {
  for (const line of [['--help'], ['-h'], ['help'], ['user', 'add', '--help']]) {
    const { code, out, err } = await run(line)
    t.equal(code, 0)
    t.match(out, /strowger device add --user EXTENSION/)
    t.equal(err, '')
  }
  t.strictSame(await run(['--version']), { code: 0, out: version, err: '' })
})

void test('a user and his phone are added from the shell', async (t) => {
  const api = await TestApi.start(t)
  const env = environmentOf(api)
  const added = await run(['user', 'add', '--name', 'Alice Adams', '--extension', '1001', '--email', 'A@x.org'], env)
  t.strictSame(added, { code: 0, out: 'Added Alice Adams with the extension 1001.', err: '' })

  const device = await run(['device', 'add', '--user', '1001', '--label', 'Desk'], env)
  t.equal(device.code, 0)
  t.match(
    device.out,
    /User name {2}1001\n {2}Password {3}\w{20}\n {2}Domain {5}office.test\n {2}Server {5}192.0.2.1:5060 over udp/,
  )

  const second = await run(['device', 'add', '--user', 'a@X.org', '--label', 'Web', '--kind', 'web', '--json'], env)
  const { sipUsername, sipPassword } = JSON.parse(second.out) as { sipUsername: string; sipPassword: string }
  t.equal(sipUsername, '1001-2')
  t.match(sipPassword, /^\w{20}$/)

  const users = await run(['user', 'list'], env)
  t.match(users.out, /^Extension {2}Name +Role +E-mail\n1001 +Alice Adams +user +a@x.org\nadmin +Administrator +owner$/)
  const found = await run(['user', 'list', '--search', 'adams', '--json'], env)
  t.equal((JSON.parse(found.out) as UserView[])[0]?.extension, '1001')
  const devices = await run(['device', 'list', '--user', '1001'], env)
  t.match(devices.out, /^User name +Label +Kind +Registered from\n1001 +Desk +desk +–\n1001-2 +Web +web +–$/)
  t.equal((await run(['device', 'list'], env)).out.split('\n').length, 3)

  const audit = await api.database.auditLog.list({ limit: 10, actorId: 'local' })
  t.strictSame(audit.items.map(({ action }) => action).sort(), ['device.create', 'device.create', 'user.create'])
})

void test('what the exchange refuses is told in one line, and ends with 1', async (t) => {
  const api = await TestApi.start(t)
  const env = environmentOf(api)
  const refused = await run(['user', 'add', '--name', 'Bob', '--extension', '911', '--role', 'boss'], env)
  t.equal(refused.code, 1)
  t.equal(
    refused.err,
    'strowger: extension is kept for emergency calls; role must be one of user, supervisor, admin, owner',
  )
  await run(['user', 'add', '--name', 'Bob', '--extension', '1002'], env)
  const taken = await run(['user', 'add', '--name', 'Bob', '--extension', '1002'], env)
  t.strictSame(taken, { code: 1, out: '', err: "strowger: extension '1002' is already in use" })
  const nobody = await run(['device', 'add', '--user', '1003', '--label', 'Desk'], env)
  t.strictSame(nobody, { code: 1, out: '', err: 'strowger: there is no user with the extension 1003' })
})

void test('without a running exchange the commands say how to get one', async (t) => {
  const dataDir = t.testdir()
  const env = { STROWGER_DATA_DIR: dataDir, STROWGER_HTTP_HOST: '127.0.0.1', STROWGER_HTTP_PORT: '1' }
  const none = await run(['user', 'list'], env)
  t.equal(none.code, 1)
  t.equal(none.err, `strowger: no exchange runs on the data directory ${dataDir}. Start it with: strowger start`)

  await writeFile(join(dataDir, localKeyFileName), 'stl_left_by_a_crash\n')
  const crashed = await run(['user', 'list'], env)
  t.equal(crashed.code, 1)
  t.match(
    crashed.err,
    /^strowger: no exchange answers at http:\/\/127\.0\.0\.1:1 \(.+\)\. Start it with: strowger start$/,
  )

  const wrong = await run(['user', 'list'], { ...env, STROWGER_HTTP_PORT: 'many' })
  t.equal(wrong.code, 1)
  t.match(wrong.err, /STROWGER_HTTP_PORT/)
})

void test('an exchange that runs on another data directory is not ours', async (t) => {
  const api = await TestApi.start(t)
  const elsewhere = join(api.dataDir, 'elsewhere')
  await mkdir(elsewhere)
  await writeFile(join(elsewhere, localKeyFileName), 'stl_of_another_exchange\n')
  const { code, err } = await run(['user', 'list'], { ...environmentOf(api), STROWGER_DATA_DIR: elsewhere })
  t.equal(code, 1)
  t.match(err, /runs on another data directory than/)
})
