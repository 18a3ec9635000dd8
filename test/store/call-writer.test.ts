import { mkdtemp, rm } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test, type Test } from 'tap'
import { FakeClock } from '../../core/fake-clock.ts'
import { newId } from '../../core/ids.ts'
import { CallWriter } from '../../store/call-writer.ts'
import { openDatabase } from '../../store/database.ts'

async function writerOn(t: Test) {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'call-writer-'))
  const database = await openDatabase({ url: 'sqlite:test.db', dataDir, key: randomBytes(32) })
  t.teardown(async () => {
    await database.close()
    await rm(dataDir, { recursive: true, force: true })
  })
  const clock = new FakeClock()
  let transactions = 0
  const writer = new CallWriter({
    transaction: (work) => {
      transactions++
      return database.transaction(work)
    },
    calls: database.calls,
    clock,
  })
  return { writer, database, clock, transactions: () => transactions }
}

function arrival() {
  const numbers = { fromNumber: '1001', fromName: 'Ana', toNumber: '1002' }
  return { id: newId('call'), direction: 'internal', ...numbers, startedAtMs: 1 } as const
}

void test('writes of one moment share a transaction, in their order', async (t) => {
  const { writer, database, clock, transactions } = await writerOn(t)
  const [one, two] = [arrival(), arrival()]
  const written = Promise.all([
    writer.open(one),
    writer.update(one.id, { answeredAtMs: 2 }),
    writer.open(two),
    writer.close(one.id, { outcome: 'answered', endedAtMs: 3 }),
  ])
  t.equal(await database.calls.find(one.id), undefined, 'not before the moment is over')
  await clock.advance(50)
  await written
  t.equal(transactions(), 1)
  t.match(await database.calls.find(one.id), { answeredAtMs: 2, outcome: 'answered' })
  t.match(await database.calls.find(two.id), { outcome: undefined })
  t.equal(clock.pending, 0)
})

void test('a write that is refused fails alone', async (t) => {
  const { writer, database, clock } = await writerOn(t)
  const [good, twice] = [arrival(), arrival()]
  const results = Promise.allSettled([writer.open(twice), writer.open(twice), writer.open(good)])
  await clock.advance(50)
  t.match(await results, [{ status: 'fulfilled' }, { status: 'rejected' }, { status: 'fulfilled' }])
  t.ok(await database.calls.find(good.id))
})
