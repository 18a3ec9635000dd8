import { test } from 'tap'
import type { SessionView } from '../contracts/sessions.ts'
import type { UserView } from '../contracts/users.ts'
import { ownerPassword, TestApi, type Answer, type Page } from '../test-api.ts'

interface LoggedIn {
  readonly token: string
  readonly expiresAt: string
  readonly user: UserView
}

const anonymous = { token: undefined }

function logIn(api: TestApi, login: unknown, password: unknown, headers = {}) {
  return api.call<LoggedIn & { code: string; errors?: { path: string }[] }>(
    'POST',
    '/sessions',
    { login, password },
    { ...anonymous, headers },
  )
}

function cookieOf(answer: Answer<unknown>): string {
  return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
}

void test('login by extension, by e-mail address, or as the first administrator', async (t) => {
  const api = await TestApi.start(t)
  const body = { name: 'Alice', extension: '1001', email: 'alice@example.com', password: 'twelve monkeys' }
  const { id } = await api.ask('POST', '/users', body)
  for (const login of ['1001', 'alice@example.com', ' Alice@Example.COM ']) {
    const answer = await logIn(api, login, 'twelve monkeys')
    t.equal(answer.status, 201, login)
    t.equal(answer.json.user.id, id)
    t.equal(answer.json.expiresAt, '2026-02-04T09:00:00.000Z', 'thirty days unless set')
    const self = await api.ask<{ user: UserView }>('GET', '/sessions/current', undefined, { token: answer.json.token })
    t.equal(self.user.id, id)
  }
  t.equal((await logIn(api, 'admin', ownerPassword)).json.user.role, 'owner')
})

void test('a wrong login is told the same whatever is wrong', async (t) => {
  const api = await TestApi.start(t)
  await api.ask('POST', '/users', { name: 'Alice', extension: '1001', password: 'twelve monkeys' })
  await api.ask('POST', '/users', { name: 'No password', extension: '1002' })
  const texts = new Set<string>()
  for (const [login, password] of [
    ['1001', 'wrong'],
    ['1009', 'twelve monkeys'],
    ['1002', ''],
    ['1002', 'x'],
    ['a@x.org', 'x'],
  ]) {
    const answer = await logIn(api, login, password || ' ')
    t.equal(answer.status, 401, String(login))
    t.equal(answer.json.code, 'wrong-credentials')
    texts.add(JSON.stringify({ ...answer.json, requestId: '' }))
    t.equal(answer.headers.get('set-cookie'), null)
  }
  t.equal(texts.size, 1)
  for (const [login, password, field] of [
    ['', 'x', 'login'],
    ['x', '', 'password'],
    [1001, 'x', 'login'],
    ['x', null, 'password'],
  ]) {
    const answer = await logIn(api, login, password)
    t.equal(answer.status, 400)
    t.equal(answer.json.errors?.[0]?.path, field)
  }
})

void test('guessing is slowed down, even for the right password', async (t) => {
  const api = await TestApi.start(t)
  await api.ask('POST', '/users', { name: 'Alice', extension: '1001', password: 'twelve monkeys' })
  const guesses = await Promise.all(Array.from({ length: 15 }, (_, n) => logIn(api, '1001', `guess ${n}`)))
  const statuses = guesses.map(({ status }) => status).sort()
  t.strictSame(statuses, [...Array<number>(10).fill(401), ...Array<number>(5).fill(429)], 'all at once count as many')
  const held = await logIn(api, '1001', 'twelve monkeys')
  t.equal(held.status, 429)
  t.equal(held.json.code, 'too-many-attempts')
  t.equal(held.headers.get('retry-after'), '300')
  await api.clock.advance(300_000)
  t.equal((await logIn(api, '1001', 'twelve monkeys')).status, 201)
})

void test('the cookie serves the web, and nobody else’s pages', async (t) => {
  const api = await TestApi.start(t)
  const answer = await logIn(api, 'admin', ownerPassword, { 'sec-fetch-site': 'same-origin' })
  t.match(
    answer.headers.get('set-cookie'),
    /^strowger_session=sts_[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/,
  )
  const cookie = `theme=dark; ${cookieOf(answer)}`
  const add = (n: number, headers: Record<string, string>) =>
    api.call('POST', '/users', { name: 'X', extension: `100${n}` }, { ...anonymous, headers: { cookie, ...headers } })

  t.equal((await api.call('GET', '/users', undefined, { ...anonymous, headers: { cookie } })).status, 200)
  t.equal((await add(1, { 'sec-fetch-site': 'same-origin' })).status, 201)
  t.equal((await add(2, { origin: api.base })).status, 201)
  for (const headers of [
    {},
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: api.base, 'sec-fetch-site': 'cross-site' },
  ]) {
    const refused = await add(3, headers)
    t.equal(refused.status, 403, JSON.stringify(headers))
    t.equal(refused.json.code, 'cross-site-request')
  }
  const bearer = { authorization: `Bearer ${api.ownerToken}`, 'sec-fetch-site': 'cross-site' }
  t.equal((await add(4, bearer)).status, 201, 'a token is no cookie')
  t.equal((await logIn(api, 'admin', ownerPassword, { origin: 'https://evil.example' })).status, 403)

  const out = await api.call('DELETE', '/sessions/current', undefined, {
    ...anonymous,
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
  })
  t.equal(out.status, 204)
  t.match(out.headers.get('set-cookie'), /^strowger_session=; Path=\/; Max-Age=0;/)
  t.equal((await api.call('GET', '/users', undefined, { ...anonymous, headers: { cookie } })).status, 401)
})

void test('sessions are seen and ended by their own user, and end by themselves', async (t) => {
  const api = await TestApi.start(t)
  const alice = await api.person('1001')
  const bob = await api.person('1002')
  await api.clock.advance(1000)
  const second = (await logIn(api, '1001', 'password of 1001')).json.token
  const list = await api.ask<Page<SessionView>>('GET', '/sessions', undefined, { token: second })
  t.strictSame(
    list.items.map(({ isCurrent, userId }) => [isCurrent, userId]),
    [
      [true, alice.id],
      [false, alice.id],
    ],
  )
  const first = list.items[1]?.id ?? ''
  t.equal((await api.call('DELETE', `/sessions/${first}`, undefined, { token: bob.token })).status, 404)
  t.equal((await api.call('DELETE', `/sessions/${first}`, undefined, { token: second })).status, 204)
  t.equal((await api.call('GET', '/sessions/current', undefined, { token: alice.token })).status, 401)

  await api.ask('PATCH', '/settings', { sessionDays: 1 })
  const { token } = (await logIn(api, '1001', 'password of 1001')).json
  await api.clock.advance(24 * 3_600_000 - 1)
  t.equal((await api.call('GET', '/sessions/current', undefined, { token })).status, 200)
  await api.clock.advance(1)
  t.equal((await api.call('GET', '/sessions/current', undefined, { token })).status, 401)
})

void test('a removed user is logged out at once, a demoted one loses his role', async (t) => {
  const api = await TestApi.start(t)
  const admin = await api.person('1001', 'admin')
  t.equal((await api.call('GET', '/users', undefined, admin)).status, 200)
  await api.ask('PATCH', `/users/${admin.id}`, { role: 'user' })
  t.equal((await api.call('GET', '/users', undefined, admin)).status, 403)
  await api.ask('DELETE', `/users/${admin.id}`)
  t.equal((await api.call('GET', '/sessions/current', undefined, admin)).status, 401)
})

void test('a new password ends the other sessions, and one’s own needs the old one', async (t) => {
  const api = await TestApi.start(t)
  const alice = await api.person('1001')
  const other = (await logIn(api, '1001', 'password of 1001')).json.token
  const path = `/users/${alice.id}/password`
  const refusals = [
    [{ password: 'a new password' }, 'currentPassword'],
    [{ password: 'a new password', currentPassword: 'wrong' }, 'currentPassword'],
    [{ password: 'short', currentPassword: 'password of 1001' }, 'password'],
  ] as const
  for (const [body, field] of refusals) {
    const refused = await api.call('POST', path, body, alice)
    t.equal(refused.status, 400)
    t.equal(refused.json.errors?.[0]?.path, field)
  }
  const body = { password: 'a new password', currentPassword: 'password of 1001' }
  t.equal((await api.call('POST', path, body, alice)).status, 204)
  t.equal((await api.call('GET', '/sessions/current', undefined, alice)).status, 200)
  t.equal((await api.call('GET', '/sessions/current', undefined, { token: other })).status, 401)
  t.equal((await logIn(api, '1001', 'password of 1001')).status, 401)

  t.equal(
    (await api.call('POST', path, { password: 'set by the owner' })).status,
    204,
    'an administrator needs no old one',
  )
  t.equal((await api.call('GET', '/sessions/current', undefined, alice)).status, 401)
  t.equal((await logIn(api, '1001', 'set by the owner')).status, 201)
  const audit = await api.call('GET', `/audit-log?targetId=${alice.id}`)
  t.match(audit.text, 'user.set-password')
  t.notMatch(audit.text, /a new password|set by the owner|argon2/)
})
