import { test } from 'tap'
import { newId, type UserId } from '../core/ids.ts'
import { allContracts } from './contracts/all-contracts.ts'
import { fullPathOf, type Contract } from './contracts/contract.ts'
import { roleReaches, roles, scopeReaches, scopes, type Role } from './contracts/roles.ts'
import type { UserView } from './contracts/users.ts'
import { TestApi } from './test-api.ts'

const open = ['createSession', 'getHealth', 'getReadiness', 'getOpenApi']
const openToLoopback = ['getMetrics']

/** A path with ids that are well-formed but belong to nothing. */
function pathOf(contract: Contract): string {
  const kinds: Record<string, string> = {
    users: 'usr',
    devices: 'dev',
    sessions: 'ses',
    calls: 'call',
    voicemails: 'vm',
    'api-keys': 'key',
  }
  const prefix = kinds[contract.path.split('/')[1] ?? ''] ?? 'x'
  return fullPathOf(contract).replace(/\{\w+\}/, `${prefix}_${'0'.repeat(26)}`)
}

const closed = allContracts.filter(({ id }) => !open.includes(id) && !openToLoopback.includes(id))

void test('without login only the listed routes answer', async (t) => {
  const api = await TestApi.start(t)
  const isOpen = (contract: Contract) => contract.access === 'public' || contract.isOpenToLoopback === true
  t.strictSame(
    allContracts
      .filter(isOpen)
      .map(({ id }) => id)
      .sort(),
    [...open, ...openToLoopback].sort(),
  )
  for (const contract of closed) {
    for (const token of [undefined, 'unknown', `${api.ownerToken}x`, `stk_${'a'.repeat(43)}`]) {
      const answer = await api.call(contract.method, pathOf(contract), undefined, { token })
      t.equal(answer.status, 401, `${contract.id} with ${token ?? 'no token'}`)
      t.equal(answer.headers.get('www-authenticate'), 'Bearer realm="strowger"')
    }
  }
  for (const authorization of ['Basic YWRtaW46YWRtaW4=', 'Bearer', 'Bearer a b', 'Bearer é', api.ownerToken]) {
    const answer = await api.call('GET', '/users', undefined, { token: undefined, headers: { authorization } })
    t.equal(answer.status, 401, authorization)
  }
})

void test('each role reaches the routes of its own and of the roles below', async (t) => {
  const api = await TestApi.start(t)
  const people: [Role, string][] = [['owner', api.ownerToken]]
  for (const [at, role] of (['user', 'supervisor', 'admin'] as const).entries()) {
    people.push([role, (await api.person(`100${at}`, role)).token])
  }
  t.strictSame(people.map(([role]) => role).sort(), [...roles].sort())
  const spare = closed.filter(({ id }) => id !== 'deleteCurrentSession')
  for (const [role, token] of people) {
    for (const contract of spare) {
      const { status } = await api.call(contract.method, pathOf(contract), undefined, { token })
      const isAllowed = contract.access === 'public' || roleReaches(role, contract.access.role)
      if (isAllowed) t.not(status, 403, `${role} reaches ${contract.id}`)
      else t.equal(status, 403, `${role} does not reach ${contract.id}`)
      t.not(status, 401)
    }
  }
})

void test('a key reaches what its role and its scope allow', async (t) => {
  const api = await TestApi.start(t)
  for (const role of ['supervisor', 'admin', 'owner'] as const) {
    for (const scope of scopes) {
      const { key: token } = await api.ask<{ key: string }>('POST', '/api-keys', {
        name: `${role} ${scope}`,
        role,
        scope,
      })
      for (const contract of closed) {
        const { status } = await api.call(contract.method, pathOf(contract), undefined, { token })
        const { access } = contract
        const isAllowed = access === 'public' || (roleReaches(role, access.role) && scopeReaches(scope, access.scope))
        if (isAllowed) t.not(status, 403, `${role} ${scope} reaches ${contract.id}`)
        else t.equal(status, 403, `${role} ${scope} does not reach ${contract.id}`)
      }
    }
  }
})

void test('metrics are open to this machine, but not to who comes through a proxy on it', async (t) => {
  const api = await TestApi.start(t)
  const own = await api.call('GET', '/metrics', undefined, { token: undefined })
  t.equal(own.status, 200)
  t.equal(own.headers.get('content-type'), 'text/plain; charset=utf-8')
  t.equal(own.text, 'strowger_up 1\n')
  const headers = { 'x-forwarded-for': '203.0.113.7' }
  t.equal((await api.call('GET', '/metrics', undefined, { token: undefined, headers })).status, 401)
  t.equal((await api.call('GET', '/metrics', undefined, { headers })).status, 200)
  const { token } = await api.person('1001')
  t.equal((await api.call('GET', '/metrics', undefined, { token, headers })).status, 403)
})

void test('a plain user sees only what is his', async (t) => {
  const api = await TestApi.start(t)
  const alice = await api.person('1001')
  const bob = await api.person('1002')
  const bobsPhone = await api.ask('POST', `/users/${bob.id}/devices`, { label: 'Desk', kind: 'desk' })
  const as = { token: alice.token }

  t.equal((await api.ask<UserView>('GET', `/users/${alice.id}`, undefined, as)).extension, '1001')
  t.equal((await api.call('GET', `/users/${bob.id}`, undefined, as)).status, 404)
  t.equal((await api.call('GET', `/users/${bob.id}/devices`, undefined, as)).status, 404)
  t.equal((await api.call('GET', `/devices/${bobsPhone.id}`, undefined, as)).status, 404)
  const handling = { strategy: 'desk-only', ringSeconds: 5 }
  t.equal((await api.call('PATCH', `/users/${bob.id}/call-handling`, handling, as)).status, 404)
  t.equal((await api.call('PATCH', `/users/${alice.id}/call-handling`, handling, as)).status, 200)
  const password = { password: 'a new password', currentPassword: 'password of 1002' }
  t.equal((await api.call('POST', `/users/${bob.id}/password`, password, as)).status, 404)
  for (const list of ['/calls', '/voicemails', '/registrations']) {
    t.equal((await api.call('GET', `${list}?userId=${bob.id}`, undefined, as)).status, 403, list)
    t.equal((await api.call('GET', `${list}?userId=${alice.id}`, undefined, as)).status, 200, list)
  }
})

void test('nobody rises above himself', async (t) => {
  const api = await TestApi.start(t)
  const admin = await api.person('1001', 'admin')
  const as = { token: admin.token }
  const owner = (await api.ask<{ user: UserView }>('GET', '/sessions/current')).user
  const boss = { name: 'Boss', extension: '1002', role: 'owner' }

  t.equal((await api.call('POST', '/users', boss, as)).status, 403)
  t.equal((await api.call('POST', '/users', { ...boss, role: 'admin' }, as)).status, 201)
  t.equal((await api.call('PATCH', `/users/${admin.id}`, { role: 'owner' }, as)).status, 403)
  t.equal((await api.call('PATCH', `/users/${owner.id}`, { email: 'mine@example.com' }, as)).status, 403)
  t.equal((await api.call('POST', `/users/${owner.id}/password`, { password: 'mine now!' }, as)).status, 403)
  t.equal((await api.call('DELETE', `/users/${owner.id}`, undefined, as)).status, 403)
  t.equal((await api.call('POST', '/api-keys', { name: 'x', scope: 'admin', role: 'owner' }, as)).status, 403)
  const ownersKey = await api.ask('POST', '/api-keys', { name: 'x', scope: 'admin', role: 'owner' })
  t.equal((await api.call('DELETE', `/api-keys/${ownersKey.id}`, undefined, as)).status, 403)

  t.equal((await api.call('DELETE', `/users/${owner.id}`)).json.code, 'last-owner')
  t.equal((await api.call('PATCH', `/users/${owner.id}`, { role: 'admin' })).json.code, 'last-owner')
  await api.ask('PATCH', `/users/${admin.id}`, { role: 'owner' })
  t.equal((await api.call('PATCH', `/users/${owner.id}`, { role: 'admin' })).status, 200, 'now there is another')
})

void test('every route that changes something writes the audit log', async (t) => {
  const api = await TestApi.start(t)
  const changing = allContracts.filter(({ method }) => method !== 'GET')
  const actions = new Set<string>()
  const { id } = await api.ask('POST', '/users', { name: 'Alice', extension: '1001' })
  const voicemail = await api.database.voicemails.create({
    userId: id as UserId,
    fromNumber: '1002',
    fromName: 'Bob',
    file: 'voicemail/1.wav',
    durationMs: 1,
    bytes: 1,
    receivedAtMs: 0,
  })
  const call = newId('call')
  const numbers = { fromNumber: '1001', fromName: 'Alice', toNumber: '1002' }
  api.live.calls.push({ id: call, direction: 'internal', state: 'talking', ...numbers, startedAtMs: 0 })
  const address = '192.0.2.7'
  api.live.bans.set(address, { address, because: 'scanner', times: 1, sinceMs: 0, untilMs: 1 })
  const device = await api.ask('POST', `/users/${id}/devices`, { label: 'Desk', kind: 'desk' })
  const key = await api.ask('POST', '/api-keys', { name: 'x', scope: 'read' })
  const other = await api.person('1002')
  const session = await api.ask<{ session: { id: string } }>('GET', '/sessions/current', undefined, other)
  await api.ask('PATCH', `/users/${id}`, { name: 'Ann' })
  await api.ask('PATCH', `/users/${id}/call-handling`, { strategy: 'both', ringSeconds: 9 })
  await api.ask('POST', `/users/${id}/password`, { password: 'twelve monkeys' })
  await api.ask('PATCH', `/devices/${device.id}`, { label: 'Lobby' })
  await api.ask('POST', `/devices/${device.id}/secret`)
  await api.ask('DELETE', `/devices/${device.id}`)
  await api.ask('PATCH', `/voicemails/${voicemail.id}`, { isHeard: true })
  await api.ask('DELETE', `/voicemails/${voicemail.id}`)
  await api.ask('POST', `/calls/${call}/hangup`)
  await api.ask('DELETE', `/bans/${address}`)
  await api.ask('PATCH', '/settings', { sessionDays: 2 })
  await api.ask('DELETE', `/api-keys/${key.id}`)
  await api.ask('DELETE', `/sessions/${session.session.id}`, undefined, other)
  await api.ask('DELETE', `/users/${id}`)
  const { items } = await api.database.auditLog.list({ limit: 100 })
  for (const { action } of items) actions.add(action)
  // Ending one's current session and another one of one's own are one action.
  t.equal(actions.size, changing.length - 1, [...actions].join(' '))
})
