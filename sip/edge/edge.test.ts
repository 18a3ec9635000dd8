import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test, type Test } from 'tap'
import { systemClock } from '../../core/clock.ts'
import { silentLogger } from '../../core/logger.ts'
import { startEdge, type EdgeOptions, type LocalAnswer, type TracedMessage } from './edge.ts'
import { parseMessage } from './message/parse-message.ts'
import type { SipResponse } from './message/sip-response.ts'
import { request } from './transaction/test-harness.ts'

async function edgeAndPhone(t: Test, options: Partial<EdgeOptions> = {}) {
  const edge = await startEdge({
    listen: [{ protocol: 'udp', host: '127.0.0.1', port: 0 }],
    clock: systemClock,
    logger: silentLogger,
    ...options,
  })
  t.teardown(() => edge.close())
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.teardown(() => void socket.close())
  const port = edge.points[0]?.port ?? 0
  const send = (text: Buffer | string) => socket.send(text, port, '127.0.0.1')
  const answer = async () => {
    const [bytes] = (await once(socket, 'message')) as [Buffer]
    const outcome = parseMessage(bytes)
    if (!outcome.ok || outcome.message.kind !== 'response') throw new Error(bytes.toString())
    return outcome.message
  }
  const sentBy = `127.0.0.1:${socket.address().port}`
  const ask = (method: string, branch = 'z9hG4bKone', callId = branch): Promise<SipResponse> => {
    const answered = answer()
    send(request(method, { sentBy, branch, callId }).toBuffer())
    return answered
  }
  return { edge, ask, send, answer, sentBy }
}

const taken: LocalAnswer = {
  status: 200,
  reason: 'Fine',
  headers: [
    ['Expires', '60'],
    ['X-Twice', 'a'],
    ['X-Twice', 'b'],
  ],
}

void test('intercept answers by itself, at once or later', async (t) => {
  for (const intercept of [() => taken, async () => taken]) {
    const { edge, ask } = await edgeAndPhone(t, { intercept })
    const answer = await ask('REGISTER')
    t.equal(answer.status, 200)
    t.equal(answer.reason, 'Fine')
    t.equal(answer.get('Expires'), '60')
    t.strictSame([...answer.headers()].filter(([name]) => name === 'X-Twice').length, 2)
    t.ok(answer.to.tag)
    t.match(edge.stats(), {
      requestsIn: { REGISTER: 1 },
      responsesOut: { '2xx': 1 },
      transactions: { nonInviteServer: 1, inviteServer: 0 },
      dialogs: 0,
      applications: 0,
    })
  }
})

void test('intercept is asked once for a request that is repeated', async (t) => {
  let asked = 0
  const { edge, ask } = await edgeAndPhone(t, {
    intercept: () => {
      asked++
      return taken
    },
  })
  await ask('REGISTER')
  await ask('REGISTER')
  t.equal(asked, 1)
  t.equal(edge.stats().retransmissions, 1)
})

void test('what intercept leaves alone goes to an application', async (t) => {
  for (const intercept of [() => undefined, async () => undefined]) {
    const { ask } = await edgeAndPhone(t, { intercept })
    t.equal((await ask('OPTIONS')).status, 503, 'there is none')
  }
})

void test('an intercept that fails costs one 500', async (t) => {
  const failing = [
    () => {
      throw new Error('oh')
    },
    async () => Promise.reject(new Error('oh')),
  ]
  for (const intercept of failing) {
    const { ask } = await edgeAndPhone(t, { intercept })
    t.equal((await ask('REGISTER')).status, 500)
  }
})

void test('an INVITE may be intercepted too', async (t) => {
  const { ask } = await edgeAndPhone(t, { intercept: () => ({ status: 403, headers: [] }) })
  t.equal((await ask('INVITE')).status, 403)
})

void test('the trace has every message, both ways', async (t) => {
  const { edge, ask, sentBy } = await edgeAndPhone(t, { intercept: () => taken })
  const seen: TracedMessage[] = []
  const off = edge.trace.on('message', (message) => seen.push(message))
  const answer = await ask('REGISTER')
  t.strictSame(
    seen.map(({ direction, protocol, remote }) => [direction, protocol, remote]),
    [
      ['in', 'udp', sentBy],
      ['out', 'udp', sentBy],
    ],
  )
  t.match(seen[0]?.bytes.toString(), /^REGISTER /)
  t.strictSame(seen[1]?.bytes, answer.toBuffer())
  t.equal(seen[0]?.local, `127.0.0.1:${edge.points[0]?.port}`)
  off()
  await ask('OPTIONS', 'z9hG4bKtwo')
  t.equal(seen.length, 2)
  t.equal(edge.trace.isActive, false)
})

void test('more requests than there may be at a time are 503', async (t) => {
  const { edge, ask } = await edgeAndPhone(t, { intercept: () => taken, limits: { transactions: 2 } })
  for (const branch of ['z9hG4bKa', 'z9hG4bKb']) t.equal((await ask('REGISTER', branch)).status, 200)
  const refused = await ask('REGISTER', 'z9hG4bKc')
  t.equal(refused.status, 503)
  t.equal(refused.get('Retry-After'), '5')
  t.equal((await ask('REGISTER', 'z9hG4bKa')).status, 200, 'what is known is still answered')
  t.equal(edge.stats().overloads, 1)
})

void test('nonsense is answered when it can be, and counted', async (t) => {
  const { edge, send, answer, sentBy } = await edgeAndPhone(t)
  send('nonsense\r\n\r\n')
  const answered = answer()
  send(request('OPTIONS', { sentBy }).set('CSeq', '1 INVITE').toBuffer())
  t.equal((await answered).status, 400)
  t.equal(edge.stats().malformed, 2)
  t.equal(edge.stats().transactions.nonInviteServer, 0, 'without a transaction')
})

void test('a taken port is one clear sentence, and nothing stays open', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => void server.close())
  const { port } = server.address() as { port: number }
  const options = {
    clock: systemClock,
    logger: silentLogger,
    listen: [{ protocol: 'udp', host: '127.0.0.1', port: 0 }] as const,
  }
  await t.rejects(startEdge({ ...options, control: { host: '127.0.0.1', port, secret: 's' } }), {
    message: `cannot listen for applications on 127.0.0.1:${port}: the port is taken by another program`,
  })
  await t.rejects(
    startEdge({ ...options, listen: [{ protocol: 'tcp', host: '127.0.0.1', port }] }),
    /taken by another program/,
  )
})

void test('closing twice is closing once', async (t) => {
  const { edge } = await edgeAndPhone(t)
  t.equal(edge.control.host, '127.0.0.1')
  await edge.close()
  await edge.close()
})
