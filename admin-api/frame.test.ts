import { request as httpRequest } from 'node:http'
import { test } from 'tap'
import type { Logger } from '../core/logger.ts'
import { silentLogger } from '../core/logger.ts'
import { ownerPassword, TestApi, type Ask } from './test-api.ts'

const alice = { name: 'Alice', extension: '1001' }

interface BadBody {
  readonly name: string
  readonly ask: Ask
  readonly status: number
  readonly code: string
}

const json = 'application/json'
const badBodies: readonly BadBody[] = [
  { name: 'broken JSON', ask: { raw: '{"name": ' }, status: 400, code: 'invalid-json' },
  { name: 'no UTF-8', ask: { raw: new Uint8Array([0x22, 0xff, 0x22]) }, status: 400, code: 'invalid-json' },
  {
    name: 'an overlong UTF-8 form',
    ask: { raw: new Uint8Array([0x22, 0xc0, 0xaf, 0x22]) },
    status: 400,
    code: 'invalid-json',
  },
  { name: 'a list', ask: { raw: '[]' }, status: 400, code: 'invalid-request' },
  { name: 'null', ask: { raw: 'null' }, status: 400, code: 'invalid-request' },
  { name: 'a number', ask: { raw: '1' }, status: 400, code: 'invalid-request' },
  { name: 'nothing', ask: { raw: '' }, status: 400, code: 'invalid-request' },
  {
    name: 'text',
    ask: { raw: 'x', headers: { 'content-type': 'text/plain' } },
    status: 415,
    code: 'unsupported-media-type',
  },
  {
    name: 'a form',
    ask: { raw: 'name=a', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    status: 415,
    code: 'unsupported-media-type',
  },
  {
    name: 'no content type',
    ask: { raw: '{}', headers: { 'content-type': '' } },
    status: 415,
    code: 'unsupported-media-type',
  },
  {
    name: 'Latin-1',
    ask: { raw: '{}', headers: { 'content-type': `${json}; charset=iso-8859-1` } },
    status: 415,
    code: 'unsupported-media-type',
  },
  {
    name: 'a compressed body',
    ask: { raw: '{}', headers: { 'content-encoding': 'gzip' } },
    status: 415,
    code: 'unsupported-media-type',
  },
  { name: 'too much', ask: { raw: `"${'x'.repeat(300_000)}"` }, status: 413, code: 'body-too-large' },
  { name: 'deep nesting', ask: { raw: '['.repeat(50_000) + ']'.repeat(50_000) }, status: 400, code: 'invalid-request' },
]

void test('bodies that cannot be taken', async (t) => {
  const api = await TestApi.start(t)
  for (const { name, ask, status, code } of badBodies) {
    const answer = await api.call('POST', '/users', undefined, ask)
    t.equal(answer.status, status, name)
    t.equal(answer.json.code, code, name)
    t.equal(answer.json.status, status)
    t.equal(answer.json.type, `urn:strowger:problem:${code}`)
    t.equal(answer.json.instance, '/api/v1/users')
  }
  t.equal(
    (await api.call('POST', '/users', alice, { headers: { 'content-type': `${json}; charset=UTF-8` } })).status,
    201,
  )
})

void test('a problem names every field that is wrong, and unknown ones', async (t) => {
  const api = await TestApi.start(t)
  const body = JSON.parse('{"name": "", "extension": 5, "nmae": "x", "__proto__": {"role": "owner"}}') as unknown
  const { json: problem } = await api.call('POST', '/users', body)
  t.strictSame(problem.errors, [
    { in: 'body', path: 'name', message: 'must not be empty' },
    { in: 'body', path: 'extension', message: 'must be a text' },
    { in: 'body', path: 'nmae', message: 'is not a known field' },
    { in: 'body', path: '__proto__', message: 'is not a known field' },
  ])
  t.equal(problem.detail, 'name must not be empty')

  const list = await api.call('GET', '/users?limit=0&cursor=a&cursor=b&page=2&sort=age')
  t.strictSame(
    list.json.errors?.map((error) => `${error.in} ${error.path}`),
    ['query limit', 'query cursor', 'query sort', 'query page'],
  )
  t.strictSame((await api.call('GET', '/users/x')).json.errors, [
    { in: 'path', path: 'id', message: 'must be an id that begins with usr_' },
  ])
  t.strictSame((await api.call('GET', '/users?cursor=abc')).json.errors?.[0]?.path, 'cursor')
})

void test('a route without a body takes none but an empty object', async (t) => {
  const api = await TestApi.start(t)
  const { id } = await api.ask('POST', '/users', alice)
  const device = await api.ask('POST', `/users/${id}/devices`, { label: 'Desk', kind: 'desk' })
  t.equal((await api.call('POST', `/devices/${device.id}/secret`, {})).status, 201)
  t.equal((await api.call('POST', `/devices/${device.id}/secret`, { secret: 'x' })).status, 400)
  t.equal((await api.call('POST', `/devices/${device.id}/secret`)).status, 201)
})

void test('paths and methods that are not there', async (t) => {
  const api = await TestApi.start(t)
  for (const path of ['/', '/api/v1', '/api/v1/nothing', '/api/v2/users', '/API/V1/users', '/api/v1/users/x/y/z']) {
    const response = await fetch(api.base + path)
    t.equal(response.status, 404, path)
    t.equal(((await response.json()) as { code: string }).code, 'not-found')
  }
  const put = await api.call('PUT', '/users', {})
  t.equal(put.status, 405)
  t.equal(put.headers.get('allow'), 'GET, HEAD, POST, OPTIONS')
  t.equal((await api.call('DELETE', '/healthz')).headers.get('allow'), 'GET, HEAD, OPTIONS')
  t.equal((await api.call('POST', '/calls/live')).status, 405)
  const options = await api.call('OPTIONS', '/users')
  t.equal(options.status, 204)
  t.equal(options.headers.get('allow'), 'GET, HEAD, POST, OPTIONS')
  t.equal(options.headers.get('access-control-allow-origin'), null, 'no other site may read')
  const head = await api.call('HEAD', '/users')
  t.equal(head.status, 200)
  t.equal(head.text, '')
  t.equal((await fetch(`${api.base}/api/v1/users/%ff`)).status, 400, 'a path that cannot be decoded')
})

void test('every answer is named and hardened', async (t) => {
  const logged: { requestId?: string; err?: Error }[] = []
  const logger: Logger = { ...silentLogger, child: () => logger, error: (fields) => logged.push(fields) }
  const api = await TestApi.start(t, {
    logger,
    metricsText: () => Promise.reject(new Error('a secret of the house')),
  })
  const named = await api.call('GET', '/users', undefined, { headers: { 'x-request-id': 'from-client.1' } })
  t.equal(named.headers.get('x-request-id'), 'from-client.1')
  t.equal(named.headers.get('x-powered-by'), null)
  t.equal(named.headers.get('x-content-type-options'), 'nosniff')
  t.equal(named.headers.get('cache-control'), 'no-store')
  t.match(named.headers.get('content-security-policy'), /default-src 'none'/)
  const unnamed = await api.call('GET', '/users/x', undefined, { headers: { 'x-request-id': 'no good; id' } })
  t.match(unnamed.json.requestId, /^req_/)
  t.equal(unnamed.headers.get('x-request-id'), unnamed.json.requestId)

  const failed = await api.call('GET', '/metrics')
  t.equal(failed.status, 500)
  t.notMatch(failed.text, /secret/)
  t.equal(logged[0]?.requestId, failed.json.requestId, 'the log tells by the same name what happened')
  t.match(logged[0]?.err?.message, /secret of the house/)
})

void test('a client that goes away in the middle of its body harms nobody', async (t) => {
  const api = await TestApi.start(t)
  const { hostname, port } = new URL(api.base)
  await new Promise<void>((resolve) => {
    const headers = { authorization: `Bearer ${api.ownerToken}`, 'content-type': json, 'content-length': '1000' }
    const half = httpRequest({ hostname, port, method: 'POST', path: '/api/v1/users', headers })
    half.once('error', () => resolve())
    half.write('{"name": ')
    half.once('socket', (socket) => socket.once('connect', () => setImmediate(() => half.destroy(new Error('gone')))))
  })
  t.equal((await api.call('GET', '/healthz')).status, 200)
})

void test('a proxy is believed only when it is trusted', async (t) => {
  const headers = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' }
  const wish = { login: 'admin', password: ownerPassword }
  for (const trustedProxies of [undefined, ['loopback']]) {
    const api = await TestApi.start(t, { trustedProxies })
    const session = await api.call('POST', '/sessions', wish, { token: undefined, headers })
    t.equal(/; Secure$/.test(session.headers.get('set-cookie') ?? ''), trustedProxies !== undefined)
    t.equal(session.headers.has('strict-transport-security'), trustedProxies !== undefined)
    const addresses = await api.database.auditLog.list({ limit: 1, targetKind: 'session' })
    t.ok(addresses.items.some(({ address }) => address === (trustedProxies ? '203.0.113.7' : '127.0.0.1')))
  }
})
