import { test } from 'tap'
import type { UserView } from '../contracts/users.ts'
import { TestApi, type Page } from '../test-api.ts'

const alice = { name: 'Alice', extension: '1001' }

type Case = readonly [field: string, value: unknown, message: RegExp]

/** Values that creating and changing a user both refuse. */
const refused: readonly Case[] = [
  ['name', '', /must not be empty/],
  ['name', '   ', /must not be empty/],
  ['name', 'x'.repeat(101), /at most 100/],
  ['name', 'a\u0000b', /control characters/],
  ['name', 'two\nlines', /control characters/],
  ['name', 'half \ud83d', /well-formed/],
  ['name', 7, /must be a text/],
  ['name', null, /must be a text/],
  ['extension', '1', /2 to 8 digits/],
  ['extension', '123456789', /2 to 8 digits/],
  ['extension', '*97', /2 to 8 digits/],
  ['extension', '10a1', /2 to 8 digits/],
  ['extension', '１００１', /2 to 8 digits/],
  ['extension', '1001\n', /2 to 8 digits/],
  ['extension', ' 1001', /2 to 8 digits/],
  ['extension', '911', /emergency/],
  ['extension', '112', /emergency/],
  ['extension', '999', /emergency/],
  ['extension', '9911', /emergency/],
  ['extension', 1001, /must be a text/],
  ['email', 'alice', /e-mail address/],
  ['email', 'alice@', /e-mail address/],
  ['email', 'a b@example.com', /e-mail address/],
  ['email', `${'a'.repeat(250)}@x.org`, /at most 254/],
  ['email', 1, /must be a text/],
  ['role', 'boss', /one of user, supervisor, admin, owner/],
  ['role', '', /one of user/],
  ['mobile', 'call me', /telephone number/],
  ['mobile', '+', /telephone number/],
  ['mobile', '12', /telephone number/],
  ['mobile', '+1234567890123456', /telephone number/],
  ['timeZone', 'Mars/Olympus', /time zone/],
  ['timeZone', '+02:00', /time zone/],
  ['timeZone', '', /time zone/],
  ['plan', 'Gold Plan', /small letters/],
  ['plan', '', /small letters/],
  ['id', 'usr_1', /not a known field/],
  ['passwordHash', 'x', /not a known field/],
  ['version', 1, /not a known field/],
]

const refusedPasswords: readonly Case[] = [
  ['password', 'short', /at least 8/],
  ['password', 'x'.repeat(201), /at most 200/],
  ['password', 12345678, /must be a text/],
]

void test('each field of a new user is checked, and the answer names it', async (t) => {
  const api = await TestApi.start(t)
  for (const [field, value, message] of [...refused, ...refusedPasswords]) {
    const { status, json } = await api.call('POST', '/users', { ...alice, [field]: value })
    const name = `${field} ${JSON.stringify(value)}`
    t.equal(status, 400, name)
    t.strictSame(
      json.errors?.map(({ in: place, path }) => `${place} ${path}`),
      [`body ${field}`],
      name,
    )
    t.match(json.errors?.[0]?.message, message, name)
  }
  for (const field of ['name', 'extension'] as const) {
    const { json } = await api.call('POST', '/users', { ...alice, [field]: undefined })
    t.strictSame(json.errors, [{ in: 'body', path: field, message: 'is required' }])
  }
  t.equal(await api.database.users.count(), 1, 'nobody was added')
})

void test('each field of a changed user is checked', async (t) => {
  const api = await TestApi.start(t)
  const { id } = await api.ask('POST', '/users', alice)
  for (const [field, value, message] of refused) {
    const { status, json } = await api.call('PATCH', `/users/${id}`, { [field]: value })
    t.equal(status, 400, `${field} ${JSON.stringify(value)}`)
    t.match(json.errors?.[0]?.message, message)
  }
  t.equal((await api.call('PATCH', `/users/${id}`, { password: 'another one' })).status, 400, 'has a way of its own')
})

void test('a user comes, changes and goes', async (t) => {
  const api = await TestApi.start(t)
  const created = await api.call<UserView>('POST', '/users', {
    name: '  Zoë Müller ',
    extension: '1001',
    email: 'Zoe@Example.com',
    password: 'twelve monkeys',
    mobile: '+49 (171) 555-01.23',
    timeZone: 'Europe/Berlin',
    plan: 'office-plus',
  })
  t.equal(created.status, 201)
  const { id } = created.json
  t.equal(created.headers.get('location'), `/api/v1/users/${id}`)
  t.match(created.json, {
    name: 'Zoë Müller',
    extension: '1001',
    email: 'zoe@example.com',
    role: 'user',
    mobile: '+491715550123',
    timeZone: 'Europe/Berlin',
    plan: 'office-plus',
    hasPassword: true,
    callHandling: { strategy: 'desk-only', ringSeconds: 20 },
    createdAt: '2026-01-05T09:00:00.000Z',
  })
  t.notMatch(created.text, /argon2|twelve/)

  await api.clock.advance(60_000)
  const changed = await api.ask<UserView>('PATCH', `/users/${id}`, { mobile: null, extension: '1002' })
  t.equal(changed.mobile, null)
  t.equal(changed.extension, '1002')
  t.equal(changed.updatedAt, '2026-01-05T09:01:00.000Z')
  t.strictSame(await api.ask('GET', `/users/${id}`), changed)

  const gone = await api.call('DELETE', `/users/${id}`)
  t.equal(gone.status, 204)
  t.equal(gone.text, '')
  t.equal((await api.call('GET', `/users/${id}`)).status, 404)
  t.equal((await api.call('DELETE', `/users/${id}`)).status, 404)
})

void test('an extension and an e-mail address belong to one user', async (t) => {
  const api = await TestApi.start(t)
  await api.ask('POST', '/users', { ...alice, email: 'a@x.org' })
  const second = await api.call('POST', '/users', { name: 'Bob', extension: '1001' })
  t.equal(second.status, 409)
  t.equal(second.json.code, 'extension-taken')
  t.equal(second.json.detail, "extension '1001' is already in use")
  t.equal(
    (await api.call('POST', '/users', { name: 'Bob', extension: '1002', email: 'A@X.org' })).json.code,
    'email-taken',
  )
  const { id } = await api.ask('POST', '/users', { name: 'Bob', extension: '1002' })
  t.equal((await api.call('PATCH', `/users/${id}`, { extension: '1001' })).status, 409)
  t.equal((await api.call('PATCH', `/users/${id}`, { email: 'a@x.org' })).status, 409)
})

void test('a change can be made conditional', async (t) => {
  const api = await TestApi.start(t)
  const created = await api.call('POST', '/users', alice)
  const path = `/users/${created.json.id}`
  const tag = created.headers.get('etag') ?? ''
  t.equal(tag, '"1"')
  const ifMatch = (value: string) => ({ headers: { 'if-match': value } })

  const first = await api.call('PATCH', path, { name: 'Ann' }, ifMatch(tag))
  t.equal(first.status, 200)
  t.equal(first.headers.get('etag'), '"2"')
  const late = await api.call('PATCH', path, { name: 'Amy' }, ifMatch(tag))
  t.equal(late.status, 412)
  t.equal(late.json.code, 'changed-meanwhile')
  t.equal((await api.call('PATCH', path, { name: 'Amy' }, ifMatch('W/"2"'))).status, 412, 'a weak tag matches nothing')
  t.equal((await api.call('DELETE', path, undefined, ifMatch('"1"'))).status, 412)
  t.equal((await api.call('PATCH', path, { name: 'Amy' }, ifMatch('"1", "2"'))).status, 200)
  t.equal((await api.call('PATCH', path, { name: 'Ada' }, ifMatch('*'))).status, 200)
  // Else fetch itself would ask for a fresh copy.
  const cached = { 'if-none-match': '"4"', 'cache-control': 'max-age=0' }
  const unchanged = await api.call('GET', path, undefined, { headers: cached })
  t.equal(unchanged.status, 304)
  t.equal((await api.call('DELETE', path, undefined, ifMatch('"4"'))).status, 204)
})

void test('lists are read page by page, and searched', async (t) => {
  const api = await TestApi.start(t)
  for (const n of ['1003', '1001', '1002']) await api.ask('POST', '/users', { name: `U${n}`, extension: n })
  const seen: string[] = []
  let path: string | undefined = '/users?limit=2'
  while (path !== undefined) {
    const page: Page<UserView> = await api.ask('GET', path)
    seen.push(...page.items.map(({ extension }) => extension))
    path = page.next === null ? undefined : `/users?limit=2&cursor=${encodeURIComponent(page.next)}`
  }
  t.strictSame(seen, ['1001', '1002', '1003', 'admin'])
  const found = await api.ask<Page<UserView>>('GET', '/users?search=u1002')
  t.strictSame(
    found.items.map(({ name }) => name),
    ['U1002'],
  )
  t.equal((await api.ask<Page<UserView>>('GET', '/users?search=%25')).items.length, 0, 'no wildcard')
})

const handlings: readonly (readonly [body: unknown, path: string])[] = [
  [{ ringSeconds: 20 }, 'strategy'],
  [{ strategy: 'nobody', ringSeconds: 20 }, 'strategy'],
  [{ strategy: 'both' }, 'ringSeconds'],
  [{ strategy: 'both', ringSeconds: 0 }, 'ringSeconds'],
  [{ strategy: 'both', ringSeconds: 601 }, 'ringSeconds'],
  [{ strategy: 'both', ringSeconds: 1.5 }, 'ringSeconds'],
  [{ strategy: 'both', ringSeconds: '20' }, 'ringSeconds'],
  [{ strategy: 'both', ringSeconds: 20, businessHours: null }, 'businessHours'],
  [withDays([]), 'businessHours.days'],
  [withDays(week({ opens: '9:00', closes: '17:00' })), 'businessHours.days.0.0.opens'],
  [withDays(week({ opens: '09:00', closes: '24:01' })), 'businessHours.days.0.0.closes'],
  [withDays(week({ opens: '17:00', closes: '09:00' })), 'businessHours.days.0.0.closes'],
  [withDays(week({ opens: '08:00', closes: '12:00' }, { opens: '11:00', closes: '17:00' })), 'businessHours.days.0'],
  [{ strategy: 'both', ringSeconds: 20, businessHours: { days: week() } }, 'businessHours.afterHours'],
]

function week(...monday: readonly object[]): readonly (readonly object[])[] {
  return [monday, [], [], [], [], [], []]
}

function withDays(days: unknown) {
  const afterHours = { strategy: 'mobile-only', ringSeconds: 30 }
  return { strategy: 'both', ringSeconds: 20, businessHours: { days, afterHours } }
}

void test('call handling', async (t) => {
  const api = await TestApi.start(t)
  const { id } = await api.ask('POST', '/users', alice)
  const path = `/users/${id}/call-handling`
  for (const [body, field] of handlings) {
    const { status, json } = await api.call('PATCH', path, body)
    t.equal(status, 400, JSON.stringify(body))
    t.equal(json.errors?.[0]?.path, field)
  }
  const hours = withDays(week({ opens: '08:00', closes: '12:00' }, { opens: '12:00', closes: '24:00' }))
  const set = await api.call('PATCH', path, hours)
  t.equal(set.status, 200)
  t.strictSame(set.json, hours)
  t.strictSame((await api.ask<UserView>('GET', `/users/${id}`)).callHandling, hours)
  const off = { strategy: 'desk-only', ringSeconds: 15 }
  t.strictSame(await api.ask('PATCH', path, off), off, 'without business hours they are off')
  t.equal((await api.call('PATCH', path, off, { headers: { 'if-match': set.headers.get('etag') ?? '' } })).status, 412)
})
