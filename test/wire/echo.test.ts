import { test } from 'tap'
import { Office } from '../support/office.ts'
import { newestCall } from './history.ts'

void test('*43 gives back what is said', async (t) => {
  const office = await Office.open(t)
  const alice = await office.phone(await office.hires('Alice', '1001'), { transport: 'tcp' })
  await alice.dials('*43')
  await alice.isAnswered()
  await alice.hears('sound')
  await alice.plays(700)
  await alice.hears(700, 20_000)
  await alice.plays(450)
  await alice.hears(450)
  await alice.hangsUp()
  t.match(await newestCall(office), { toNumber: '*43', outcome: 'answered', endedBy: 'caller' })
})
