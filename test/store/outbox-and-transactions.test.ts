import { newId } from '../../core/ids.ts'
import type { Outbox } from '../../store/outbox.ts'
import { onBothDatabases } from './on-both-databases.ts'

const minuteMs = 60_000

async function takeOne(outbox: Outbox, leaseMs = minuteMs) {
  const [job] = await outbox.lease({ kinds: ['sms'], limit: 1, leaseMs })
  return job
}

onBothDatabases(async (t, fresh) => {
  await t.test('jobs are taken up when due, the longest due first, and only by kind', async (t) => {
    const { open, clock } = await fresh(t)
    const database = await open()
    const { outbox } = database
    let added = 0
    database.changes.on('outbox', () => (added += 1))
    t.equal(await outbox.nextDueAtMs(['sms']), undefined)
    const later = await outbox.enqueue({ kind: 'sms', payload: { to: '+491' }, dueAtMs: clock.now() + 1_000 })
    const first = await outbox.enqueue({ kind: 'sms', payload: 'x' })
    await outbox.enqueue({ kind: 'mail', payload: null })
    t.equal(added, 3)
    t.equal(await outbox.nextDueAtMs(['sms']), clock.now())
    const jobs = await outbox.lease({ kinds: ['sms'], limit: 9, leaseMs: minuteMs })
    t.match(jobs, [{ id: first, kind: 'sms', payload: 'x', attempts: 1, state: 'leased' }])
    t.equal(jobs.length, 1)
    await clock.advance(1_000)
    t.equal((await takeOne(outbox))?.id, later)
    t.equal(await takeOne(outbox), undefined)
    t.equal(await outbox.complete(jobs[0]!), true)
    t.equal(await outbox.find(first), undefined)
    t.equal(await outbox.complete(jobs[0]!), false)
  })

  await t.test('no job is taken up by two workers', async (t) => {
    const { open } = await fresh(t)
    const nodes = [await open(), await open()]
    for (let n = 0; n < 40; n += 1) await nodes[0]!.outbox.enqueue({ kind: 'sms', payload: n })
    const leases = Array.from({ length: 10 }, (_, n) =>
      nodes[n % 2]!.outbox.lease({ kinds: ['sms'], limit: 5, leaseMs: minuteMs }),
    )
    const taken = (await Promise.all(leases)).flat().map(({ id }) => id)
    t.equal(new Set(taken).size, taken.length)
    const rest = await nodes[0]!.outbox.lease({ kinds: ['sms'], limit: 40, leaseMs: minuteMs })
    t.equal(taken.length + rest.length, 40)
  })

  await t.test('a failed job waits longer each time, then it is a dead letter that can be revived', async (t) => {
    const { open, clock } = await fresh(t)
    const { outbox } = await open()
    const id = await outbox.enqueue({ kind: 'sms', payload: 1, maxAttempts: 4 })
    const delays: number[] = []
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const job = await takeOne(outbox)
      const failed = await outbox.fail(job!, new Error(`gateway says no, ${attempt}`))
      t.match(failed, { state: 'waiting', attempts: attempt, lastError: `gateway says no, ${attempt}` })
      const delayMs = failed!.dueAtMs - clock.now()
      delays.push(delayMs)
      await clock.advance(delayMs - 1)
      t.equal(await takeOne(outbox), undefined)
      await clock.advance(1)
    }
    t.same(delays, [5_000, 10_000, 20_000])
    t.match(await outbox.fail((await takeOne(outbox))!, new Error('still no')), { state: 'dead' })
    await clock.advance(100 * minuteMs)
    t.equal(await takeOne(outbox), undefined)
    t.match(await outbox.deadLetters({ limit: 5 }), { items: [{ id, lastError: 'still no' }] })
    t.equal(await outbox.revive(id), true)
    t.equal(await outbox.revive(id), false)
    t.match(await takeOne(outbox), { id, attempts: 1 })
  })

  await t.test('a job that makes no sense is given up at once', async (t) => {
    const { outbox } = await (await fresh(t)).open()
    await outbox.enqueue({ kind: 'sms', payload: 1 })
    const dead = await outbox.fail((await takeOne(outbox))!, new Error('no such number'), { forGood: true })
    t.match(dead, { state: 'dead', attempts: 1 })
  })

  await t.test('the job of a worker that crashed is taken up again, and the dead worker has no say', async (t) => {
    const { open, clock } = await fresh(t)
    const { outbox } = await open()
    const id = await outbox.enqueue({ kind: 'sms', payload: 1, maxAttempts: 3 })
    const lost = await takeOne(outbox, minuteMs)
    await clock.advance(minuteMs - 1)
    t.equal(await takeOne(outbox), undefined)
    t.equal(await outbox.extend(lost!, minuteMs), true)
    await clock.advance(minuteMs - 1)
    t.equal(await takeOne(outbox), undefined)
    await clock.advance(1)
    const again = await takeOne(outbox, minuteMs)
    t.match(again, { id, attempts: 2 })
    t.equal(await outbox.complete(lost!), false)
    t.equal(await outbox.fail(lost!, new Error('late')), undefined)
    t.equal(await outbox.extend(lost!, minuteMs), false)

    await clock.advance(minuteMs)
    t.match(await takeOne(outbox, minuteMs), { id, attempts: 3 })
    await clock.advance(minuteMs)
    t.equal(await takeOne(outbox), undefined, 'a job that takes its worker down each time is given up')
    t.match(await outbox.find(id), { state: 'dead', lastError: /without completing/ })
  })

  await t.test('a transaction keeps all or nothing, and tells of changes after it only', async (t) => {
    const database = await (await fresh(t)).open()
    const seen: string[] = []
    database.changes.on('user', () => seen.push('user'))
    database.changes.on('outbox', () => seen.push('outbox'))
    const user = await database.transaction(async ({ users, outbox }) => {
      const made = await users.create({ name: 'Alice', extension: '1001' })
      await outbox.enqueue({ kind: 'sms', payload: made.id })
      t.equal((await users.find(made.id))?.name, 'Alice')
      t.same(seen, [])
      return made
    })
    t.same(seen, ['user', 'outbox'])
    t.equal((await takeOne(database.outbox))?.payload, user.id)

    await t.rejects(
      database.transaction(async ({ users, outbox, calls }) => {
        await users.create({ name: 'Bob', extension: '1002' })
        await outbox.enqueue({ kind: 'sms', payload: 2 })
        await calls.update(newId('call'), { reason: 'x' })
      }),
      { code: 'not-found' },
    )
    t.equal(await database.users.findByExtension('1002'), undefined)
    t.equal(await takeOne(database.outbox), undefined)
    t.same(seen, ['user', 'outbox'])
  })

  await t.test('a listener that throws does not make the write look failed', async (t) => {
    const database = await (await fresh(t)).open()
    database.changes.on('user', () => {
      throw new Error('listener')
    })
    t.match(await database.users.create({ name: 'Alice', extension: '1001' }), { extension: '1001' })
  })

  await t.test('many transactions at once from two processes on one database', async (t) => {
    const { open } = await fresh(t)
    const nodes = [await open(), await open()]
    const { id } = await nodes[0]!.users.create({ name: 'Alice', extension: '1001' })
    // Each reads first and writes then: on SQLite the case that fails without the write lock taken first.
    const work = Array.from({ length: 30 }, (_, n) =>
      nodes[n % 2]!.transaction(async ({ users, settings }) => {
        await users.find(id)
        await settings.set(`key ${n}`, n)
        await users.update(id, { name: `n${n}` })
      }),
    )
    await Promise.all(work)
    t.equal((await nodes[1]!.users.find(id))?.version, 31)
  })
})
