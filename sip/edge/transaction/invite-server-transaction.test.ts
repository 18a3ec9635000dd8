import { test } from 'tap'
import { inviteServerTable, type InviteServerInput } from './invite-server-states.ts'
import { InviteServerTransaction } from './invite-server-transaction.ts'
import { Bench, request, response } from './test-harness.ts'

function arrived(isReliable = false) {
  const bench = new Bench()
  const invite = request('INVITE')
  const told: string[] = []
  const transaction = new InviteServerTransaction(bench.context, 'key', invite, bench.outlet(isReliable))
  transaction.user = {
    acknowledged: () => told.push('ack'),
    failed: (reason) => told.push(reason),
    ended: () => told.push('ended'),
  }
  const answer = (status: number) => transaction.respond(status, response(invite, status).toBuffer())
  return { bench, invite, transaction, told, answer, ack: () => transaction.receive(request('ACK')) }
}

void test('the cells where nothing happens', (t) => {
  const inputs: InviteServerInput[] = [
    'request',
    'ack',
    'provisional',
    'success',
    'failure',
    'timerG',
    'timerH',
    'timerI',
    'timerL',
    'transportError',
  ]
  const nothing = (Object.keys(inviteServerTable) as (keyof typeof inviteServerTable)[]).map((state) => [
    state,
    inputs.filter((input) => !inviteServerTable[state][input]).join(' '),
  ])
  t.strictSame(Object.fromEntries(nothing), {
    proceeding: 'ack timerG timerH timerI timerL',
    accepted: 'request provisional failure timerG timerH timerI',
    completed: 'provisional success failure timerI timerL',
    confirmed: 'request ack provisional success failure timerG timerH timerL transportError',
    terminated: inputs.join(' '),
  })
  t.end()
})

void test('a repeated INVITE gets the last provisional answer, or nothing when there was none', (t) => {
  const { bench, transaction, invite, answer } = arrived()
  transaction.receive(invite)
  t.strictSame(bench.take(), [])
  answer(100)
  answer(180)
  transaction.receive(invite)
  t.strictSame(bench.take(), ['0 100', '0 180', '0 180'])
  t.equal(bench.retransmissions, 1)
  t.end()
})

void test('a refusal is repeated with timer G until the ACK; timer I absorbs more ACKs', async (t) => {
  const { bench, transaction, told, answer, ack } = arrived()
  answer(486)
  await bench.clock.advance(8_000)
  t.strictSame(bench.take(), ['0 486', '500 486', '1500 486', '3500 486', '7500 486'])
  ack()
  t.equal(transaction.state, 'confirmed')
  ack()
  await bench.clock.advance(4_999)
  t.strictSame(bench.take(), [])
  t.strictSame(told, [])
  await bench.clock.advance(2)
  t.strictSame(told, ['ended'])
  t.strictSame(bench.ended, ['key'])
  t.equal(bench.timers.size, 0)
})

void test('timer G grows to T2 and no further; timer H ends it without an ACK', async (t) => {
  const { bench, told, answer } = arrived()
  answer(486)
  await bench.clock.advance(31_999)
  t.strictSame(bench.take().slice(-3), ['23500 486', '27500 486', '31500 486'])
  t.strictSame(told, [])
  await bench.clock.advance(1)
  t.strictSame(told, ['timeout', 'ended'])
  t.equal(bench.timers.size, 0)
})

void test('over a reliable transport nothing is repeated and timer I is zero', async (t) => {
  const { bench, told, answer, ack } = arrived(true)
  answer(486)
  await bench.clock.advance(20_000)
  t.strictSame(bench.take(), ['0 486'])
  ack()
  t.strictSame(told, ['ended'])
  t.equal(bench.timers.size, 0)
})

void test('a 2xx: the transaction absorbs repeated INVITEs until timer L, and does not repeat by itself', async (t) => {
  const { bench, transaction, told, invite, answer } = arrived()
  t.equal(answer(200), true)
  transaction.receive(invite)
  await bench.clock.advance(10_000)
  t.strictSame(bench.take(), ['0 200'])
  t.equal(answer(200), true, 'the dialog may send it again')
  t.equal(answer(486), false, 'another final answer is too late')
  t.equal(answer(180), false)
  await bench.clock.advance(21_999)
  t.strictSame(told, [])
  await bench.clock.advance(1)
  t.strictSame(told, ['ended'])
})

void test('an ACK in the branch of an answered INVITE is handed up', (t) => {
  const { told, answer, ack } = arrived()
  answer(200)
  ack()
  t.strictSame(told, ['ack'])
  t.end()
})

void test('an answer that cannot be sent is reported and changes no state (RFC 6026)', (t) => {
  const { bench, transaction, told, answer } = arrived()
  bench.failure = new Error('no way')
  answer(180)
  t.equal(transaction.state, 'proceeding')
  answer(486)
  t.equal(transaction.state, 'completed')
  t.strictSame(told, ['transport', 'transport'])
  transaction.abandon()
  t.end()
})

void test('abandoned, it does nothing more', async (t) => {
  const { bench, transaction, told, answer } = arrived()
  answer(486)
  transaction.abandon()
  await bench.clock.advance(40_000)
  t.strictSame(bench.take(), ['0 486'])
  t.strictSame(told, [])
  t.equal(answer(200), false)
})
