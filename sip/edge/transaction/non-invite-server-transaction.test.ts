import { test } from 'tap'
import { nonInviteServerTable, type NonInviteServerInput } from './non-invite-server-states.ts'
import { NonInviteServerTransaction } from './non-invite-server-transaction.ts'
import { Bench, request, response } from './test-harness.ts'

function arrived(isReliable = false) {
  const bench = new Bench()
  const register = request('REGISTER')
  const told: string[] = []
  const transaction = new NonInviteServerTransaction(bench.context, 'key', register, bench.outlet(isReliable))
  transaction.user = { failed: (reason) => told.push(reason), ended: () => told.push('ended') }
  const answer = (status: number) => transaction.respond(status, response(register, status).toBuffer())
  return { bench, transaction, told, answer }
}

void test('the cells where nothing happens', (t) => {
  const inputs: NonInviteServerInput[] = ['request', 'provisional', 'final', 'timerJ', 'abandoned', 'transportError']
  const nothing = (Object.keys(nonInviteServerTable) as (keyof typeof nonInviteServerTable)[]).map((state) => [
    state,
    inputs.filter((input) => !nonInviteServerTable[state][input]).join(' '),
  ])
  t.strictSame(Object.fromEntries(nothing), {
    trying: 'request timerJ transportError',
    proceeding: 'timerJ',
    completed: 'provisional final abandoned',
    terminated: inputs.join(' '),
  })
  t.end()
})

void test('a repeated request: nothing, then the last answer, until timer J', async (t) => {
  const { bench, transaction, told, answer } = arrived()
  transaction.receive()
  t.strictSame(bench.take(), [])
  answer(100)
  transaction.receive()
  answer(200)
  transaction.receive()
  t.strictSame(bench.take(), ['0 100', '0 100', '0 200', '0 200'])
  t.equal(transaction.request, undefined, 'only the bytes of the answer are kept')
  t.equal(answer(404), false)
  await bench.clock.advance(31_999)
  transaction.receive()
  t.strictSame(bench.take(), ['31999 200'])
  await bench.clock.advance(1)
  t.strictSame(told, ['ended'])
  t.equal(bench.timers.size, 0)
})

void test('over a reliable transport it ends with the answer', (t) => {
  const { bench, told, answer } = arrived(true)
  answer(200)
  t.strictSame(told, ['ended'])
  t.strictSame(bench.ended, ['key'])
  t.equal(bench.timers.size, 0)
  t.end()
})

void test('nobody answers: it is dropped when the client has given up (RFC 4320)', async (t) => {
  const { bench, transaction, told } = arrived()
  transaction.awaitAnswer()
  transaction.awaitAnswer()
  await bench.clock.advance(32_000)
  t.strictSame(told, ['timeout', 'ended'])
  t.strictSame(bench.take(), [])
  t.equal(bench.timers.size, 0)
})

void test('an answer in time ends the wait', async (t) => {
  const { bench, transaction, told, answer } = arrived()
  transaction.awaitAnswer()
  await bench.clock.advance(1_000)
  answer(200)
  transaction.awaitAnswer()
  await bench.clock.advance(31_999)
  t.strictSame(told, [])
  await bench.clock.advance(1)
  t.strictSame(told, ['ended'])
})

void test('an answer that cannot be sent is reported', (t) => {
  const { bench, transaction, told, answer } = arrived()
  bench.failure = new Error('no way')
  answer(200)
  t.equal(transaction.state, 'completed')
  t.strictSame(told, ['transport'])
  transaction.abandon()
  t.end()
})
