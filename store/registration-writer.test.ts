import { test } from 'tap'
import type { DeviceId, UserId } from '../core/ids.ts'
import { FakeClock } from '../core/fake-clock.ts'
import { silentLogger } from '../core/logger.ts'
import { bindingKey, type Binding, type BindingKey } from './binding.ts'
import { RegistrationWriter, type RegistrationWriterOptions } from './registration-writer.ts'

function binding(contact: string, cseq = 1): Binding {
  return {
    deviceId: 'dev_1' as DeviceId,
    userId: 'usr_1' as UserId,
    contact,
    callId: 'a@b',
    cseq,
    q: 1,
    path: [],
    transport: 'udp',
    remoteAddress: '192.0.2.1',
    remotePort: 5060,
    userAgent: 'test',
    expiresAtMs: 3_600_000,
    registeredAtMs: 0,
  }
}

class RefusedValue extends Error {
  readonly code = '22021'
}

/** A table in memory that notes each statement, and fails or waits as it is told. */
class FakeRegistrations {
  readonly rows = new Map<BindingKey, Binding>()
  readonly statements: string[] = []
  failures: Error[] = []
  poison: string | undefined
  gate: Promise<void> | undefined

  async upsertMany(bindings: readonly Binding[]): Promise<void> {
    if (bindings.length === 0) return
    this.statements.push(bindings.map(({ contact, cseq }) => `${contact}/${cseq}`).join(' '))
    await this.gate
    const failure = this.failures.shift()
    if (failure) throw failure
    if (bindings.some(({ contact }) => contact === this.poison)) throw new RefusedValue('invalid byte sequence')
    for (const one of bindings) this.rows.set(bindingKey(one), one)
  }

  async removeMany(keys: readonly BindingKey[]): Promise<void> {
    if (keys.length > 0) this.statements.push(`-${keys.length}`)
    for (const key of keys) this.rows.delete(key)
  }
}

function setup(options: Partial<RegistrationWriterOptions> = {}) {
  const clock = new FakeClock()
  const registrations = new FakeRegistrations()
  const writer = new RegistrationWriter({ registrations, clock, logger: silentLogger, ...options })
  return { clock, registrations, writer }
}

/** How a promise stands, without waiting for it. */
function watch(promise: Promise<void>): { state: 'pending' | 'done' | Error } {
  const seen: { state: 'pending' | 'done' | Error } = { state: 'pending' }
  promise.then(
    () => (seen.state = 'done'),
    (error: unknown) => (seen.state = error as Error),
  )
  return seen
}

void test('what comes within 20 ms is one statement, and each writer is told when it is committed', async (t) => {
  const { clock, registrations, writer } = setup()
  const first = watch(writer.write(binding('sip:a')))
  await clock.advance(10)
  const second = watch(writer.write(binding('sip:b')))
  await clock.advance(9)
  t.same(registrations.statements, [])
  t.same([first.state, second.state], ['pending', 'pending'])
  await clock.advance(1)
  t.same(registrations.statements, ['sip:a/1 sip:b/1'])
  t.same([first.state, second.state], ['done', 'done'])
  t.equal(clock.pending, 0)
  t.equal(writer.stats.pending, 0)
})

void test('a full batch does not wait', async (t) => {
  const { clock, registrations, writer } = setup({ largestBatch: 2 })
  void writer.write(binding('sip:a'))
  void writer.write(binding('sip:b'))
  await clock.advance(0)
  t.same(registrations.statements, ['sip:a/1 sip:b/1'])
})

void test('a refresh is written within a second, or with the next batch', async (t) => {
  const { clock, registrations, writer } = setup()
  writer.writeLater(binding('sip:a'))
  await clock.advance(999)
  t.same(registrations.statements, [])
  await clock.advance(1)
  t.same(registrations.statements, ['sip:a/1'])
  writer.writeLater(binding('sip:a', 2))
  void writer.write(binding('sip:b'))
  await clock.advance(20)
  t.same(registrations.statements, ['sip:a/1', 'sip:a/2 sip:b/1'])
})

void test('a later change of a binding takes the place of an earlier one', async (t) => {
  const { clock, registrations, writer } = setup()
  const states = [writer.write(binding('sip:a', 1)), writer.write(binding('sip:a', 2))].map(watch)
  const gone = [writer.write(binding('sip:b')), writer.remove(binding('sip:b'))].map(watch)
  await clock.advance(20)
  t.same(registrations.statements, ['sip:a/2', '-1'])
  t.same(
    [...registrations.rows.values()].map(({ cseq }) => cseq),
    [2],
  )
  for (const { state } of [...states, ...gone]) t.equal(state, 'done')
})

void test('a change that comes during a commit is not overtaken by it', async (t) => {
  const { clock, registrations, writer } = setup()
  let open = () => {}
  registrations.gate = new Promise((resolve) => (open = resolve))
  const first = watch(writer.write(binding('sip:a', 1)))
  await clock.advance(20)
  const second = watch(writer.remove(binding('sip:a')))
  await clock.advance(1_000)
  t.same(registrations.statements, ['sip:a/1'])
  t.same([first.state, second.state], ['pending', 'pending'])
  open()
  await clock.advance(0)
  t.same([first.state, second.state], ['done', 'done'])
  t.equal(registrations.rows.size, 0)
})

void test('while the database is away nothing is lost: tried again after 100 ms, 200 ms, …, 5 s', async (t) => {
  const { clock, registrations, writer } = setup()
  registrations.failures = Array.from({ length: 8 }, () => new Error('connection refused'))
  const first = watch(writer.write(binding('sip:a', 1)))
  await clock.advance(20)
  const at: number[] = []
  let seen = registrations.statements.length
  const startMs = clock.monotonicMs()
  for (let ms = 0; ms < 25_000 && first.state === 'pending'; ms += 100) {
    await clock.advance(100)
    if (registrations.statements.length > seen) at.push(clock.monotonicMs() - startMs)
    seen = registrations.statements.length
  }
  t.same(at, [100, 300, 700, 1_500, 3_100, 6_300, 11_300, 16_300])
  t.equal(first.state, 'done')
  t.same(writer.stats, { pending: 0, batches: 9, failures: 8, refused: 0 })
})

void test('what changes while the database is away counts, and its first writer is told too', async (t) => {
  const { clock, registrations, writer } = setup()
  registrations.failures = [new Error('connection refused')]
  const first = watch(writer.write(binding('sip:a', 1)))
  const other = watch(writer.write(binding('sip:b', 1)))
  await clock.advance(20)
  const second = watch(writer.write(binding('sip:a', 2)))
  await clock.advance(20)
  t.equal(registrations.statements.length, 1, 'the database is left alone for 100 ms')
  await clock.advance(80)
  t.equal(registrations.statements[1], 'sip:a/2 sip:b/1')
  t.same([first.state, other.state, second.state], ['done', 'done', 'done'])
})

void test('a row that the database will never take does not hold up the others', async (t) => {
  const { clock, registrations, writer } = setup()
  registrations.poison = 'sip:bad'
  const states = ['sip:a', 'sip:bad', 'sip:c'].map((contact) => watch(writer.write(binding(contact))))
  await clock.advance(20)
  t.equal(states[0]?.state, 'done')
  t.match(states[1]?.state, { message: 'invalid byte sequence' })
  t.equal(states[2]?.state, 'done')
  t.equal(writer.stats.refused, 1)
  const alone = watch(writer.write(binding('sip:bad')))
  await clock.advance(20)
  t.match(alone.state, { message: 'invalid byte sequence' })
})

void test('closing writes what is pending and takes nothing more', async (t) => {
  const { clock, registrations, writer } = setup()
  const awaited = watch(writer.write(binding('sip:a')))
  writer.writeLater(binding('sip:b'))
  await writer.close()
  await writer.close()
  t.equal(awaited.state, 'done')
  t.equal(registrations.rows.size, 2)
  t.equal(clock.pending, 0)
  await t.rejects(writer.write(binding('sip:c')), { code: 'closed' })
  writer.writeLater(binding('sip:c'))
  t.equal(clock.pending, 0)
})

void test('closing waits for the commit under way', async (t) => {
  const { clock, registrations, writer } = setup()
  let open = () => {}
  registrations.gate = new Promise((resolve) => (open = resolve))
  void writer.write(binding('sip:a'))
  await clock.advance(20)
  writer.writeLater(binding('sip:b'))
  const closing = watch(writer.close())
  await clock.advance(0)
  t.equal(closing.state, 'pending')
  open()
  await clock.advance(0)
  t.equal(closing.state, 'done')
  t.equal(registrations.rows.size, 2)
  t.equal(clock.pending, 0)
})

void test('closing while the database is away tells what is lost', async (t) => {
  const { clock, registrations, writer } = setup()
  registrations.failures = [new Error('connection refused'), new Error('connection refused')]
  const awaited = watch(writer.write(binding('sip:a')))
  await clock.advance(20)
  await t.rejects(writer.close(), { code: 'closed', message: '1 registrations could not be stored' })
  t.match(awaited.state, { code: 'closed' })
  t.equal(clock.pending, 0)
})
