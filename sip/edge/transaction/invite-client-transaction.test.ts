import { test } from 'tap'
import { inviteClientTable, type InviteClientInput } from './invite-client-states.ts'
import { InviteClientTransaction } from './invite-client-transaction.ts'
import { Bench, noFlow, request, response } from './test-harness.ts'

function sent(isReliable = false) {
  const bench = new Bench()
  const invite = request('INVITE')
  const told: (number | string)[] = []
  const transaction = new InviteClientTransaction(bench.context, 'key', invite, bench.outlet(isReliable), {
    answered: ({ status }) => told.push(status),
    failed: (reason) => told.push(reason),
    ended: () => told.push('ended'),
  })
  transaction.start()
  const hear = (status: number, tag?: string) => transaction.receive(response(invite, status, tag), noFlow)
  return { bench, invite, transaction, told, hear }
}

void test('the cells where nothing happens', (t) => {
  const inputs: InviteClientInput[] = [
    'provisional',
    'success',
    'failure',
    'timerA',
    'timerB',
    'timerD',
    'timerM',
    'cancelExpired',
    'transportError',
  ]
  const nothing = (Object.keys(inviteClientTable) as (keyof typeof inviteClientTable)[]).map((state) => [
    state,
    inputs.filter((input) => !inviteClientTable[state][input]).join(' '),
  ])
  t.strictSame(Object.fromEntries(nothing), {
    calling: 'timerD timerM cancelExpired',
    proceeding: 'timerA timerB timerD timerM transportError',
    accepted: 'provisional failure timerA timerB timerD cancelExpired transportError',
    completed: 'provisional success timerA timerB timerM cancelExpired',
    terminated: inputs.join(' '),
  })
  t.end()
})

void test('timer A doubles until timer B ends it', async (t) => {
  const { bench, told } = sent()
  await bench.clock.advance(31_999)
  t.strictSame(bench.take(), [
    '0 INVITE',
    '500 INVITE',
    '1500 INVITE',
    '3500 INVITE',
    '7500 INVITE',
    '15500 INVITE',
    '31500 INVITE',
  ])
  await bench.clock.advance(1)
  t.strictSame(told, ['timeout', 'ended'])
  t.equal(bench.timers.size, 0)
})

void test('a provisional answer stops the repeating, however long it rings', async (t) => {
  const { bench, told, hear } = sent()
  await bench.clock.advance(600)
  hear(100)
  hear(180)
  await bench.clock.advance(200_000)
  t.strictSame(bench.take(), ['0 INVITE', '500 INVITE'])
  t.strictSame(told, [100, 180])
  t.equal(bench.timers.size, 0)
})

void test('a refusal is acknowledged each time it comes, and handed up once', async (t) => {
  const { bench, told, hear } = sent()
  hear(180)
  hear(486)
  hear(486)
  hear(180)
  t.strictSame(bench.take(), ['0 INVITE', '0 ACK', '0 ACK'])
  t.strictSame(told, [180, 486])
  await bench.clock.advance(31_999)
  t.strictSame(told, [180, 486])
  await bench.clock.advance(1)
  t.strictSame(told, [180, 486, 'ended'])
})

void test('over a reliable transport nothing is repeated and timer D is zero', async (t) => {
  const { bench, told, hear } = sent(true)
  await bench.clock.advance(10_000)
  hear(404)
  t.strictSame(bench.take(), ['0 INVITE', '10000 ACK'])
  t.strictSame(told, [404, 'ended'])
  t.equal(bench.timers.size, 0)
})

void test('each 2xx is handed up until timer M, and none is acknowledged here', async (t) => {
  const { bench, transaction, told, hear } = sent()
  hear(200, 'one')
  hear(200, 'one')
  hear(200, 'two')
  hear(486)
  t.equal(transaction.state, 'accepted')
  t.strictSame(told, [200, 200, 200])
  t.strictSame(bench.take(), ['0 INVITE'])
  await bench.clock.advance(32_000)
  t.strictSame(told, [200, 200, 200, 'ended'])
})

void test('after a CANCEL the patience is 64*T1', async (t) => {
  const { bench, transaction, told, hear } = sent()
  transaction.cancelSent()
  hear(180)
  transaction.cancelSent()
  await bench.clock.advance(31_999)
  t.strictSame(told, [180])
  await bench.clock.advance(1)
  t.strictSame(told, [180, 'timeout', 'ended'])
})

void test('an INVITE that cannot be sent fails at once', (t) => {
  const { transaction, told, bench } = sent()
  transaction.sendFailed(new Error('no way'))
  transaction.sendFailed(new Error('no way'))
  t.strictSame(told, ['transport', 'ended'])
  t.equal(bench.timers.size, 0)
  t.end()
})
