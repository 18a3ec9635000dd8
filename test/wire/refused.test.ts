import { test } from 'tap'
import { Office } from '../support/office.ts'
import { newestCall } from './history.ts'

void test('calls that nobody takes end properly', async (t) => {
  const office = await Office.open(t)
  const [alice, bob] = [await office.hires('Alice', '1001'), await office.hires('Bob', '1002')]
  const caller = await office.phone(alice)
  const callee = await office.phone(bob)
  let calls = 0
  const newest = () => newestCall(office, (calls += 1))

  await t.test('busy', async (t) => {
    callee.reaction = 486
    await caller.dials('1002')
    t.equal(await caller.isRefused(), 486)
    t.match(await newest(), { outcome: 'busy', answeredAt: null })
  })

  await t.test('declined', async (t) => {
    callee.reaction = 603
    await caller.dials('1002')
    t.equal(await caller.isRefused(), 603)
    t.match(await newest(), { outcome: 'declined' })
  })

  await t.test('declined after ringing', async (t) => {
    callee.reaction = 'rings'
    await caller.dials('1002')
    while ((await callee.rings()).state === 'ended');
    await caller.isRinging()
    await callee.declines()
    t.equal(await caller.isRefused(), 603)
    t.match(await newest(), { outcome: 'declined' })
  })

  await t.test('the caller gives up while it rings', async (t) => {
    await caller.dials('1002')
    await callee.rings()
    await caller.isRinging()
    await caller.cancels()
    t.match(await callee.isCancelled(), /SIP\s*;\s*cause=487/)
    t.equal(await caller.isRefused(), 487)
    t.match(await newest(), { outcome: 'cancelled', endedBy: 'caller' })
  })

  await t.test('a number that nobody has', async (t) => {
    await caller.dials('4711')
    t.equal(await caller.isRefused(), 404)
    t.match(await newest(), { outcome: 'rejected', reason: 'unknown-number' })
  })

  await t.test('a device with a wrong password is not let in', async (t) => {
    const stranger = await office.unregisteredPhone(bob, { password: 'wrong' })
    t.ok([401, 403].includes((await stranger.triesToRegister()).status))
    await stranger.dials('1001')
    t.ok([401, 403, 407].includes(await stranger.isRefused()))
  })
})
