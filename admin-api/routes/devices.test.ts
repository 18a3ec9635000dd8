import { test } from 'tap'
import type { DeviceView } from '../contracts/devices.ts'
import { TestApi, type Page } from '../test-api.ts'

interface DeviceWithSecret extends DeviceView {
  readonly sipPassword: string
  readonly servers: readonly object[]
}

const desk = { label: 'Desk', kind: 'desk' }

const refused: readonly (readonly [field: string, value: unknown, message: RegExp])[] = [
  ['label', '', /must not be empty/],
  ['label', 'x'.repeat(101), /at most 100/],
  ['label', 5, /must be a text/],
  ['kind', 'fax', /one of desk, web, mobile/],
  ['kind', 5, /one of desk/],
  ['mac', '00:15:65:12:34', /MAC address/],
  ['mac', '00156512345g', /MAC address/],
  ['model', '', /must not be empty/],
  ['sipUsername', '1001', /not a known field/],
  ['sipPassword', 'mine', /not a known field/],
]

void test('each field of a device is checked', async (t) => {
  const api = await TestApi.start(t)
  const { id } = await api.ask('POST', '/users', { name: 'Alice', extension: '1001' })
  const device = await api.ask('POST', `/users/${id}/devices`, desk)
  for (const [field, value, message] of refused) {
    const created = await api.call('POST', `/users/${id}/devices`, { ...desk, [field]: value })
    t.equal(created.status, 400, `${field} ${JSON.stringify(value)}`)
    t.strictSame(
      created.json.errors?.map(({ path }) => path),
      [field],
    )
    t.match(created.json.errors?.[0]?.message, message)
    t.equal((await api.call('PATCH', `/devices/${device.id}`, { [field]: value })).status, 400)
  }
  for (const field of ['label', 'kind']) {
    const { json } = await api.call('POST', `/users/${id}/devices`, { ...desk, [field]: undefined })
    t.match(json.errors?.[0]?.message, field === 'label' ? 'is required' : /must be one of|is required/)
  }
  t.equal((await api.call('POST', `/users/usr_${'0'.repeat(26)}/devices`, desk)).status, 404)
})

void test('a device gets its credentials once', async (t) => {
  const api = await TestApi.start(t)
  const { id } = await api.ask('POST', '/users', { name: 'Alice', extension: '1001' })
  const created = await api.call<DeviceWithSecret>('POST', `/users/${id}/devices`, {
    ...desk,
    mac: '00:15:65:AB-cd:ef',
  })
  t.equal(created.status, 201)
  const device = created.json
  t.match(device, {
    userId: id,
    label: 'Desk',
    kind: 'desk',
    sipUsername: '1001',
    domain: 'office.test',
    mac: '001565abcdef',
  })
  t.match(device.sipPassword, /^[2-9a-km-zA-HJ-NP-Z]{20}$/)
  t.strictSame(device.servers, [{ transport: 'udp', host: '192.0.2.1', port: 5060 }])
  t.equal((await api.database.devices.credential((await stored(api, '1001')).id))?.sipPassword, device.sipPassword)

  const read = await api.call<DeviceView>('GET', `/devices/${device.id}`)
  t.notMatch(read.text, device.sipPassword)
  const { sipPassword: _secret, servers: _servers, ...view } = device
  t.strictSame(read.json, view)

  const renewed = await api.ask<DeviceWithSecret>('POST', `/devices/${device.id}/secret`)
  t.not(renewed.sipPassword, device.sipPassword)
  t.equal((await api.database.devices.credential((await stored(api, '1001')).id))?.sipPassword, renewed.sipPassword)

  const audit = await api.call('GET', `/audit-log?targetId=${device.id}`)
  t.match(audit.text, 'device.renew-secret')
  t.notMatch(audit.text, device.sipPassword)
  t.notMatch(audit.text, renewed.sipPassword)
})

async function stored(api: TestApi, sipUsername: string) {
  const device = await api.database.devices.findBySipUsername(sipUsername)
  if (!device) throw new Error(`no device ${sipUsername}`)
  return device
}

void test('SIP user names follow the extension and never repeat', async (t) => {
  const api = await TestApi.start(t)
  const alice = await api.ask('POST', '/users', { name: 'Alice', extension: '1001' })
  const add = async (userId: string) =>
    (await api.ask<DeviceView>('POST', `/users/${userId}/devices`, desk)).sipUsername
  t.equal(await add(alice.id), '1001')
  t.equal(await add(alice.id), '1001-2')
  t.equal(await add(alice.id), '1001-3')
  await api.ask('DELETE', `/devices/${(await stored(api, '1001-2')).id}`)
  t.equal(await add(alice.id), '1001-2', 'a free one is taken again')

  await api.ask('PATCH', `/users/${alice.id}`, { extension: '1005' })
  const bob = await api.ask('POST', '/users', { name: 'Bob', extension: '1001' })
  t.equal(await add(bob.id), '1001-4', 'the phones of Alice keep theirs')
})

void test('devices are listed, changed and removed', async (t) => {
  const api = await TestApi.start(t)
  const { id } = await api.ask('POST', '/users', { name: 'Alice', extension: '1001' })
  const first = await api.call('POST', `/users/${id}/devices`, desk)
  await api.ask('POST', `/users/${id}/devices`, { label: 'Browser', kind: 'web' })
  const path = `/devices/${first.json.id}`
  const own = await api.ask<Page<DeviceView>>('GET', `/users/${id}/devices`)
  t.strictSame(
    own.items.map(({ label }) => label),
    ['Desk', 'Browser'],
  )
  const page = await api.ask<Page<DeviceView>>('GET', '/devices?limit=1')
  t.strictSame(
    page.items.map(({ label }) => label),
    ['Browser'],
  )
  t.not(page.next, null)

  const changed = await api.call<DeviceView>(
    'PATCH',
    path,
    { label: 'Lobby', model: 'T54W' },
    { headers: { 'if-match': '"1"' } },
  )
  t.match(changed.json, { label: 'Lobby', model: 'T54W', kind: 'desk' })
  t.equal((await api.call('PATCH', path, { model: null }, { headers: { 'if-match': '"1"' } })).status, 412)
  t.equal((await api.call('POST', `${path}/secret`, undefined, { headers: { 'if-match': '"1"' } })).status, 412)
  t.equal((await api.ask<DeviceView>('PATCH', path, { model: null })).model, null)
  t.equal((await api.call('DELETE', path)).status, 204)
  t.equal((await api.call('GET', path)).status, 404)
  t.equal((await api.call('DELETE', path)).status, 404)
})
