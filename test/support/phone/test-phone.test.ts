import { test } from 'tap'
import { TestPhone } from './test-phone.ts'

type Tap = { teardown: (run: () => void) => void }

/** Two phones that call each other directly. */
async function twoPhones(t: Tap, transport: 'udp' = 'udp') {
  const common = { transport, domain: 'office', password: 'x', server: { host: '127.0.0.1', port: 9 } }
  const alice = await TestPhone.open({ ...common, username: 'alice', toneHz: 440 })
  const bob = await TestPhone.open({ ...common, username: 'bob', toneHz: 1000, server: hostOf(alice) })
  t.teardown(() => {
    alice.close()
    bob.close()
  })
  return { alice: await reopen(alice, bob), bob }
}

function hostOf(phone: TestPhone) {
  const [host = '', port = '0'] = phone.address.split(':')
  return { host, port: Number(port) }
}

/** A caller sends to its server, which here is the other phone. */
async function reopen(phone: TestPhone, server: TestPhone): Promise<TestPhone> {
  phone.close()
  return TestPhone.open({ ...phone.options, server: hostOf(server) })
}

void test('two phones call, talk, hold and hang up', async (t) => {
  const { alice, bob } = await twoPhones(t)
  t.teardown(() => alice.close())
  await alice.dials('bob')
  const call = await bob.rings()
  t.equal(call.callerNumber, 'alice')
  t.equal(await alice.isRinging(), 180)
  await bob.answers()
  t.equal((await alice.isAnswered()).status, 200)
  await alice.hears(1000)
  await bob.hears(440)
  await alice.plays(600)
  await bob.hears(600)
  await bob.holds()
  t.equal(await alice.call.milestones.first('reoffered'), 'recvonly')
  await bob.resumes()
  await alice.hears(1000)
  await bob.hears(600)
  await alice.hangsUp()
  t.equal(await bob.isHungUp(), '')
  t.match(alice.ladder(), /INVITE sip:bob@office/)
})

void test('a call is declined, and another cancelled', async (t) => {
  const { alice, bob } = await twoPhones(t)
  t.teardown(() => alice.close())
  bob.reaction = 486
  await alice.dials('bob')
  t.equal(await alice.isRefused(), 486)
  await bob.rings()
  bob.reaction = 'rings'
  await alice.dials('bob')
  await bob.rings()
  await alice.isRinging()
  await alice.cancels()
  t.equal(await bob.isCancelled(), '')
  t.equal(await alice.isRefused(), 487)
})

void test('lost messages are sent again', async (t) => {
  const { alice, bob } = await twoPhones(t)
  t.teardown(() => alice.close())
  const lost = new Set<string>()
  alice.losesMessages((message, isSent) => {
    const key = `${isSent} ${message.kind === 'request' ? message.method : message.status}`
    if (lost.has(key)) return false
    lost.add(key)
    return true
  })
  await alice.dials('bob')
  await bob.rings()
  await bob.answers()
  await alice.isAnswered()
  await bob.hears(440)
  await bob.hangsUp()
  await alice.isHungUp()
  t.ok(lost.has('true INVITE') && lost.has('false 200') && lost.has('true ACK'))
})

void test('what does not happen is told with the messages', async (t) => {
  const { alice, bob } = await twoPhones(t)
  t.teardown(() => alice.close())
  bob.reaction = 'vanishes'
  await alice.dials('bob')
  await t.rejects(alice.isRinging(100), {
    message: "not within 100 ms: 'ringing' for alice; so far: nothing",
    story: [/alice/, /INVITE sip:bob@office/],
  })
})
