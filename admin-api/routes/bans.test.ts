import { test } from 'tap'
import type { AuditEntryView } from '../contracts/audit-log.ts'
import type { BanView } from '../contracts/bans.ts'
import { TestApi, type Page } from '../test-api.ts'

const strangers = ['192.0.2.7', '2001:db8:1:2::'] as const

async function withBans(...[t]: Parameters<typeof TestApi.start>) {
  const api = await TestApi.start(t)
  const sinceMs = api.clock.now()
  for (const address of strangers) {
    api.live.bans.set(address, { address, because: 'wrong-password', times: 1, sinceMs, untilMs: sinceMs + 300_000 })
  }
  const listed = async () => (await api.ask<Page<BanView>>('GET', '/bans')).items.map(({ address }) => address)
  return { api, listed }
}

void test('bans are listed', async (t) => {
  const { api } = await withBans(t)
  const { items, next } = await api.ask<Page<BanView>>('GET', '/bans')
  t.equal(next, null)
  t.strictSame(items[0], {
    address: '192.0.2.7',
    because: 'wrong-password',
    times: 1,
    bannedAt: '2026-01-05T09:00:00.000Z',
    until: '2026-01-05T09:05:00.000Z',
  })
  const { token } = await api.person('1001', 'supervisor')
  t.equal((await api.call('GET', '/bans', undefined, { token })).status, 403)
})

void test('a ban is ended by hand, and the audit log says by whom', async (t) => {
  const { api, listed } = await withBans(t)
  t.equal((await api.call('DELETE', '/bans/192.0.2.7')).status, 204)
  t.strictSame(await listed(), ['2001:db8:1:2::'])
  t.equal((await api.call('DELETE', '/bans/192.0.2.7')).status, 404)
  t.equal((await api.call('DELETE', `/bans/${encodeURIComponent('2001:db8:1:2::')}`)).status, 204)
  t.strictSame(await listed(), [])
  t.equal((await api.call('DELETE', '/bans/nobody')).status, 404)
  const log = await api.ask<Page<AuditEntryView>>('GET', '/audit-log?targetKind=ban')
  t.match(log.items, [
    { action: 'ban.release', targetId: '2001:db8:1:2::' },
    { action: 'ban.release', targetId: '192.0.2.7', before: { address: '192.0.2.7', times: 1 } },
  ])
})
