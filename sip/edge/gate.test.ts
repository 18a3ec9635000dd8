import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test, type Test } from 'tap'
import { systemClock } from '../../core/clock.ts'
import { silentLogger } from '../../core/logger.ts'
import { startEdge, type Gate } from './edge.ts'
import { request } from './transaction/test-harness.ts'

const here = '127.0.0.1'

async function guarded(t: Test, change: Partial<Gate>) {
  const malformed: string[] = []
  const gate: Gate = {
    admits: () => true,
    welcomes: () => true,
    malformed: (flow) => void malformed.push(flow.remoteAddress),
    ...change,
  }
  const edge = await startEdge({
    listen: [
      { protocol: 'udp', host: here, port: 0 },
      { protocol: 'tcp', host: here, port: 0 },
    ],
    clock: systemClock,
    logger: silentLogger,
    intercept: () => ({ status: 200, headers: [] }),
    gate,
  })
  t.teardown(() => edge.close())
  const [udp, tcp] = edge.points.map((point) => point.port)
  return { edge, malformed, udp: udp ?? 0, tcp: tcp ?? 0 }
}

const register = (branch: string, from = here) =>
  request('REGISTER', { sentBy: `${from}:5060;rport`, branch: `z9hG4bK${branch}`, callId: branch })

/** The Call-IDs that were answered, once the one of the last request is among them. */
async function answered(t: Test, port: number, sends: readonly (readonly [callId: string, from: string])[]) {
  const ids: string[] = []
  for (const [callId, from] of sends) {
    const socket = createSocket('udp4').bind(0, from)
    await once(socket, 'listening')
    t.teardown(() => void socket.close())
    const isLast = callId === sends.at(-1)?.[0]
    const answer = once(socket, 'message')
    void answer.then(() => ids.push(callId))
    socket.send(register(callId).toBuffer(), port, here)
    if (isLast) await answer
  }
  return ids
}

void test('an address that is not let in gets no answer over UDP; others do', async (t) => {
  const { udp, edge } = await guarded(t, { admits: (address) => address !== '127.0.0.2' })
  t.strictSame(
    await answered(t, udp, [
      ['one', '127.0.0.2'],
      ['two', here],
    ]),
    ['two'],
  )
  t.equal(edge.stats().transport.received.udp, 1, 'it was not even read')
})

void test('a connection is refused, and cut once its address is no longer let in', async (t) => {
  let isOpen = true
  const { tcp, edge } = await guarded(t, { admits: () => isOpen })
  const early = connect(tcp, here)
  t.teardown(() => early.destroy())
  early.write(register('early').toBuffer())
  const [bytes] = (await once(early, 'data')) as [Buffer]
  t.match(bytes.toString(), /^SIP\/2\.0 200 /)
  isOpen = false
  const cut = once(early, 'close')
  early.on('error', () => undefined)
  early.write(register('more').toBuffer())
  await cut
  t.equal(early.bytesRead, bytes.length, 'without an answer')
  const late = connect(tcp, here)
  late.on('error', () => undefined)
  await once(late, 'close')
  t.match(edge.stats().transport.connections, { refused: 1, cut: 1, open: 0 })
})

void test('a request that is not welcome is as if it had never come', async (t) => {
  const { udp, edge } = await guarded(t, { welcomes: (request) => request.callId !== 'scan' })
  t.strictSame(
    await answered(t, udp, [
      ['scan', here],
      ['phone', here],
    ]),
    ['phone'],
  )
  t.strictSame(edge.stats().requestsIn, { REGISTER: 1 })
})

void test('the gate hears of what is no SIP', async (t) => {
  const { udp, malformed } = await guarded(t, {})
  const socket = createSocket('udp4')
  socket.send('BREW pot-1 HTCPCP/1.0\r\n\r\n', udp, here, () => socket.close())
  await answered(t, udp, [['after', here]])
  t.strictSame(malformed, [here])
})
