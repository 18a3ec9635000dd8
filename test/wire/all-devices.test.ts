import { test } from 'tap'
import { Office } from '../support/office.ts'
import { newestCall } from './history.ts'

void test('every device of a user rings, and the first answer wins', async (t) => {
  const office = await Office.open(t)
  const [alice, bob] = [await office.hires('Alice', '1001'), await office.hires('Bob', '1002')]
  const caller = await office.phone(alice, { toneHz: 440 })
  const second = { user: bob.user, device: await office.api.createDevice(bob.user.id, 'second desk') }
  const phones = [
    await office.phone(bob, { name: 'desk', toneHz: 600 }),
    await office.phone(second, { name: 'second desk', transport: 'tcp', toneHz: 800 }),
    await office.phone(second, { name: 'same account elsewhere', toneHz: 1000 }),
  ]
  const [desk, other, elsewhere] = phones
  if (!desk || !other || !elsewhere) return

  await t.test('the others are told that the call was completed elsewhere', async (t) => {
    await caller.dials('1002')
    await Promise.all(phones.map((phone) => phone.rings()))
    await other.answers()
    await caller.isAnswered()
    for (const phone of [desk, elsewhere]) {
      t.match(await phone.isCancelled(), /^SIP\s*;\s*cause=200\s*;\s*text="Call completed elsewhere"$/)
    }
    await caller.hears(800)
    await other.hears(440)
    await caller.hangsUp()
    await other.isHungUp()
    const call = await newestCall(office)
    t.match(call, { outcome: 'answered', endedBy: 'caller' })
  })

  await t.test('when one is busy the others go on ringing', async () => {
    desk.reaction = 486
    await caller.dials('1002')
    await elsewhere.rings()
    await elsewhere.answers()
    await caller.hears(1000)
    await elsewhere.hangsUp()
    await caller.isHungUp()
  })

  await t.test('when the caller gives up, all are cancelled', async (t) => {
    desk.reaction = 'rings'
    await caller.dials('1002')
    await caller.isRinging()
    await Promise.all(
      phones.map(async (phone) => {
        while ((await phone.rings()).state === 'ended');
      }),
    )
    await caller.cancels()
    for (const phone of phones) t.match(await phone.isCancelled(), /cause=487/)
    t.equal(await caller.isRefused(), 487)
  })
})
