import { existsSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'tap'
import { systemClock } from '../core/clock.ts'
import { StartupError } from '../core/errors.ts'
import { localKeyFileName, readLocalKey } from './local-key.ts'
import { startHttp } from './start-http.ts'
import { TestApi } from './test-api.ts'

void test('the local key is there while the exchange runs, for its own user only', async (t) => {
  const api = await TestApi.start(t)
  const file = join(api.dataDir, localKeyFileName)
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.match(api.localKey, /^stl_[\w-]{43}$/)
  t.equal((await api.call('GET', '/api-keys', undefined, { token: api.localKey })).status, 200)
  t.equal((await api.call('GET', '/api-keys', undefined, { token: `${api.localKey}x` })).status, 401)

  const second = await startHttp(api.context, { host: '127.0.0.1', port: 0 })
  const secondKey = await readLocalKey(api.dataDir)
  t.not(secondKey, api.localKey, 'each start has a new one')
  await second.close()
  await second.close()
  t.notOk(existsSync(file))
  await writeFile(file, 'stl_of_another')
  const third = await startHttp(api.context, { host: '127.0.0.1', port: 0 })
  await writeFile(file, 'stl_of_another')
  await third.close()
  t.equal(await readLocalKey(api.dataDir), 'stl_of_another', 'the key of another exchange stays')
})

void test('a port that cannot be had is one clear line, and the running exchange keeps its key', async (t) => {
  const api = await TestApi.start(t)
  const port = Number(new URL(api.base).port)
  const taken = startHttp(api.context, { host: '127.0.0.1', port })
  await t.rejects(taken, StartupError)
  await t.rejects(taken, {
    message: `cannot listen on 127.0.0.1:${port} for HTTP: the port is in use; stop the other program or set http.port (STROWGER_HTTP_PORT)`,
  })
  t.equal(await readLocalKey(api.dataDir), api.localKey)
  const nowhere = startHttp(api.context, { host: '192.0.2.77', port: 0 })
  await t.rejects(nowhere, { message: /no such address/ })
  const unwritable = startHttp(
    { ...api.context, dataDir: join(api.dataDir, 'missing') },
    { host: '127.0.0.1', port: 0 },
  )
  await t.rejects(unwritable, { message: /cannot write/ })
})

void test('closing waits for nobody who holds a connection open', async (t) => {
  const api = await TestApi.start(t)
  const http = await startHttp({ ...api.context, clock: systemClock }, { host: '127.0.0.1', port: 0 })
  const idle = connect(http.port, '127.0.0.1')
  await new Promise((resolve) => idle.once('connect', resolve))
  const gone = new Promise((resolve) => idle.once('close', resolve))
  idle.write('GET /healthz HTTP/1.1\r\nHost: x\r\n')
  await http.close()
  await gone
  t.pass('cut off')
})

void test('what is no HTTP is answered and dropped', async (t) => {
  const api = await TestApi.start(t)
  const socket = connect(Number(new URL(api.base).port), '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.write('\u0000\u0001garbage\r\n\r\n')
  await new Promise((resolve) => socket.once('close', resolve))
  t.match(Buffer.concat(chunks).toString(), /^HTTP\/1.1 400 Bad Request/)
  t.equal((await api.call('GET', '/healthz')).status, 200)
})
