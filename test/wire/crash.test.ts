import { test } from 'tap'
import { Office } from '../support/office.ts'
import { newestCall } from './history.ts'
import { until } from './until.ts'

const phoneCount = 50

void test('after kill -9 the registrations are known and the history tells of the call', async (t) => {
  const office = await Office.open(t)
  const [alice, bob] = [await office.hires('Alice', '1001'), await office.hires('Bob', '1002')]
  const caller = await office.phone(alice, { toneHz: 440 })
  const callee = await office.phone(bob, { toneHz: 1000 })
  const members = []
  for (let n = 0; n < phoneCount; n += 1) members.push(await office.hires(`Member ${n}`, String(2000 + n)))
  const phones = await Promise.all(members.map((member) => office.unregisteredPhone(member)))

  await caller.dials('1002')
  await callee.rings()
  await callee.answers()
  await caller.hears(1000)

  const accepted = new Set([caller.contact, callee.contact])
  const halfway = new Promise<void>((resolve) => {
    for (const phone of phones) {
      void phone.triesToRegister().then(
        ({ status }) => {
          if (status === 200) accepted.add(phone.contact)
          if (accepted.size >= phoneCount / 2) resolve()
        },
        () => undefined,
      )
    }
  })
  await halfway
  await office.exchange.kill()
  const promised = [...accepted]
  t.ok(promised.length >= phoneCount / 2, `${promised.length} registrations were accepted before the end`)

  await office.exchange.startAgain()
  const known = new Set((await office.api.registrations()).map((each) => each.contact))
  t.strictSame(
    promised.filter((contact) => !known.has(contact)),
    [],
    'every registration that got its 200 is known',
  )
  const interrupted = await newestCall(office, 1)
  t.match(interrupted, { fromNumber: '1001', toNumber: '1002', outcome: 'interrupted' })
  t.ok(interrupted.answeredAt)

  const [again] = phones.filter((phone) => known.has(phone.contact))
  const [number] = members.filter((_, n) => phones[n] === again).map((member) => member.user.extension)
  await caller.dials(number ?? '')
  await again?.rings()
  await again?.answers()
  await caller.isAnswered()
  await caller.hangsUp()
  await until(
    () => office.api.calls(),
    (calls) => calls[0]?.outcome === 'answered',
  )
})
