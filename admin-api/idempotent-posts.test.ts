import { test } from 'tap'
import type { DeviceView } from './contracts/devices.ts'
import { TestApi } from './test-api.ts'

const alice = { name: 'Alice', extension: '1001' }
const withKey = (key: string) => ({ headers: { 'idempotency-key': key } })

void test('a repeated POST is done once and answered the same', async (t) => {
  const api = await TestApi.start(t)
  const first = await api.call('POST', '/users', alice, withKey('k1'))
  const again = await api.call('POST', '/users', alice, withKey('k1'))
  t.equal(again.status, 201)
  t.equal(again.text, first.text)
  t.equal(again.headers.get('etag'), first.headers.get('etag'))
  t.equal(again.headers.get('location'), first.headers.get('location'))
  t.equal(first.headers.get('idempotency-replayed'), null)
  t.equal(again.headers.get('idempotency-replayed'), 'true')
  t.equal((await api.call('POST', '/users', alice, withKey('k2'))).status, 409)

  const path = `/users/${first.json.id}/devices`
  const body = { label: 'Desk', kind: 'desk' }
  const device = await api.ask<DeviceView & { sipPassword: string }>('POST', path, body, withKey('k3'))
  t.strictSame(await api.ask('POST', path, body, withKey('k3')), device, 'even the password, which is kept encrypted')
  t.equal(await api.database.devices.count(), 1)
})

void test('a key belongs to one request of one client', async (t) => {
  const api = await TestApi.start(t)
  await api.ask('POST', '/users', alice, withKey('k'))
  const other = await api.call('POST', '/users', { ...alice, name: 'Bob' }, withKey('k'))
  t.equal(other.status, 422)
  t.equal(other.json.code, 'idempotency-key-reused')
  const byLocal = { ...withKey('k'), token: api.localKey }
  t.equal((await api.call('POST', '/users', { name: 'Bob', extension: '1002' }, byLocal)).status, 201)
  for (const key of ['', 'with blank', 'x'.repeat(256)]) {
    const refused = await api.call('POST', '/users', alice, withKey(key))
    t.equal(refused.status, 400, key)
    t.strictSame(
      refused.json.errors?.map((error) => `${error.in} ${error.path}`),
      ['header Idempotency-Key'],
    )
  }
})

void test('what failed may be tried again', async (t) => {
  const api = await TestApi.start(t)
  const { id } = await api.ask('POST', '/users', alice)
  const wish = { name: 'Bob', extension: '1001' }
  t.equal((await api.call('POST', '/users', wish, withKey('k'))).status, 409)
  await api.ask('DELETE', `/users/${id}`)
  t.equal((await api.call('POST', '/users', wish, withKey('k'))).status, 201)
})

void test('of many at once one is done; after a day the key is forgotten', async (t) => {
  const api = await TestApi.start(t)
  const answers = await Promise.all(Array.from({ length: 8 }, () => api.call('POST', '/users', alice, withKey('k'))))
  const made = answers.filter(({ status }) => status === 201)
  t.ok(made.length >= 1)
  t.equal(new Set(made.map(({ json }) => json.id)).size, 1)
  t.ok(answers.every(({ status, json }) => status === 201 || json.code === 'request-in-progress'))
  await api.clock.advance(24 * 3_600_000)
  t.equal((await api.call('POST', '/users', alice, withKey('k'))).json.code, 'extension-taken')
})

void test('logins are never remembered', async (t) => {
  const api = await TestApi.start(t)
  const wish = { login: 'admin', password: 'owner of the exchange' }
  const ask = { ...withKey('k'), token: undefined }
  const first = await api.ask<{ token: string }>('POST', '/sessions', wish, ask)
  const second = await api.ask<{ token: string }>('POST', '/sessions', wish, ask)
  t.not(first.token, second.token)
})
