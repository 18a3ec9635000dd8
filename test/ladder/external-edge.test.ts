import { test, type Test } from 'tap'
import { systemClock } from '../../core/clock.ts'
import { silentLogger } from '../../core/logger.ts'
import { startEdge, type Edge } from '../../sip/edge/edge.ts'
import { until } from './support/until.ts'
import { callers, talking, type ExternalEdge } from './support/ladder-office.ts'

const secret = 'between us'

/** An edge that is not the exchange's own, reached over its control port as a drachtio-server would be. */
async function externalEdge(t: Test, ports = { sip: 0, control: 0 }): Promise<ExternalEdge & { readonly edge: Edge }> {
  const edge = await startEdge({
    listen: [{ protocol: 'udp', host: '127.0.0.1', port: ports.sip }],
    control: { host: '127.0.0.1', port: ports.control, secret },
    clock: systemClock,
    logger: silentLogger,
  })
  t.teardown(() => edge.close())
  const { host, port } = edge.control
  return { edge, control: `${host}:${port}:${secret}`, sip: { host: '127.0.0.1', port: edge.points[0]?.port ?? 0 } }
}

void test('the exchange on an edge of its own program: phones register, call and talk', async (t) => {
  const { office, ana, bob } = await talking(t, await externalEdge(t))
  await ana.plays(440)
  await bob.hears(440)
  await bob.plays(660)
  await ana.hears(660)
  await bob.hangsUp()
  t.match(await office.lastCall(), { fromNumber: '1001', outcome: 'answered', endedBy: 'callee' })
})

void test('the edge dies in the middle of a call: the call ends, and the history says how', async (t) => {
  const external = await externalEdge(t)
  const { office } = await talking(t, external)
  await external.edge.close()
  t.match(await office.lastCall(), { outcome: 'answered', endedBy: 'system' })
  t.strictSame(await office.liveCalls(), [])
})

void test('the edge dies while a phone rings: the call fails, and nothing is left over', async (t) => {
  const external = await externalEdge(t)
  const { office, ana, bob } = await callers(t, external)
  await ana.dials('1002')
  await bob.rings()
  await ana.isRinging()
  await external.edge.close()
  const { outcome } = await office.lastCall()
  t.ok(outcome === 'cancelled' || outcome === 'failed' || outcome === 'unreachable', `ended as ${outcome}`)
  t.strictSame(await office.liveCalls(), [])
})

void test('the edge comes back: the exchange connects to it again and calls go on', async (t) => {
  const first = await externalEdge(t)
  const { office, ana, bob } = await callers(t, first)
  await first.edge.close()
  await externalEdge(t, { sip: first.sip.port, control: first.edge.control.port })
  await until(async () => (await office.api.call('GET', '/readyz')).status === 200)
  await ana.dials('1002')
  await bob.rings()
  await bob.answers()
  await ana.isAnswered()
  await ana.hangsUp()
  t.match(await office.lastCall(), { outcome: 'answered' })
})
