import { test } from 'tap'
import { nonInviteClientTable, type NonInviteClientInput } from './non-invite-client-states.ts'
import { NonInviteClientTransaction } from './non-invite-client-transaction.ts'
import { Bench, noFlow, request, response } from './test-harness.ts'

function sent(isReliable = false) {
  const bench = new Bench()
  const options = request('OPTIONS')
  const told: (number | string)[] = []
  const transaction = new NonInviteClientTransaction(bench.context, 'key', options, bench.outlet(isReliable), {
    answered: ({ status }) => told.push(status),
    failed: (reason) => told.push(reason),
    ended: () => told.push('ended'),
  })
  transaction.start()
  const hear = (status: number) => transaction.receive(response(options, status), noFlow)
  return { bench, transaction, told, hear }
}

void test('the cells where nothing happens', (t) => {
  const inputs: NonInviteClientInput[] = ['provisional', 'final', 'timerE', 'timerF', 'timerK', 'transportError']
  const nothing = (Object.keys(nonInviteClientTable) as (keyof typeof nonInviteClientTable)[]).map((state) => [
    state,
    inputs.filter((input) => !nonInviteClientTable[state][input]).join(' '),
  ])
  t.strictSame(Object.fromEntries(nothing), {
    trying: 'timerK',
    proceeding: 'timerK',
    completed: 'provisional final timerE timerF transportError',
    terminated: inputs.join(' '),
  })
  t.end()
})

void test('timer E doubles up to T2 until timer F ends it', async (t) => {
  const { bench, told } = sent()
  await bench.clock.advance(31_999)
  const times = [0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]
  t.strictSame(
    bench.take(),
    times.map((ms) => `${ms} OPTIONS`),
  )
  await bench.clock.advance(1)
  t.strictSame(told, ['timeout', 'ended'])
  t.equal(bench.timers.size, 0)
})

void test('after a provisional answer it is repeated every T2', async (t) => {
  const { bench, told, hear } = sent()
  hear(100)
  await bench.clock.advance(9_000)
  t.strictSame(bench.take(), ['0 OPTIONS', '500 OPTIONS', '4500 OPTIONS', '8500 OPTIONS'])
  hear(200)
  await bench.clock.advance(4_999)
  t.strictSame(bench.take(), [])
  t.strictSame(told, [100, 200])
})

void test('timer K absorbs repeated answers', async (t) => {
  const { bench, told, hear } = sent()
  hear(200)
  hear(200)
  await bench.clock.advance(5_000)
  t.strictSame(told, [200, 'ended'])
  t.equal(bench.timers.size, 0)
})

void test('over a reliable transport nothing is repeated and timer K is zero', async (t) => {
  const { bench, told, hear } = sent(true)
  await bench.clock.advance(20_000)
  hear(200)
  t.strictSame(bench.take(), ['0 OPTIONS'])
  t.strictSame(told, [200, 'ended'])
  t.equal(bench.timers.size, 0)
})

void test('a request that cannot be sent fails at once', (t) => {
  const { bench, transaction, told } = sent()
  transaction.sendFailed(new Error('no way'))
  t.strictSame(told, ['transport', 'ended'])
  t.equal(bench.timers.size, 0)
  t.end()
})
