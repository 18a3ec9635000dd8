import { test } from 'tap'
import { Kamailio } from './kamailio.ts'
import { TestPhone } from './phone/test-phone.ts'

void test('phones register at Kamailio and talk through it', async (t) => {
  const password = 'open-sesame'
  const kamailio = await Kamailio.start({ password })
  t.teardown(() => kamailio.close())
  const common = { password, domain: 'office.test', server: kamailio.address, transport: 'udp' } as const
  const alice = await TestPhone.open({ ...common, username: 'alice', toneHz: 440 })
  const bob = await TestPhone.open({ ...common, username: 'bob', toneHz: 1000 })
  const stranger = await TestPhone.open({ ...common, username: 'carol', password: 'guessed' })
  t.teardown(() => [alice, bob, stranger].forEach((phone) => phone.close()))

  t.equal((await stranger.triesToRegister()).status, 401)
  await alice.registers()
  await bob.registers()

  await alice.dials('bob')
  const call = await bob.rings()
  t.ok(call.invite.has('Record-Route'), 'the proxy stays in the path')
  await alice.isRinging()
  await bob.answers()
  await alice.isAnswered()
  await alice.hears(1000)
  await bob.hears(440)
  await bob.holds()
  await bob.resumes()
  await bob.hangsUp()
  await alice.isHungUp()
  t.ok(alice.trace.some((each) => each.isSent && each.summary.startsWith('ACK')))

  await bob.unregisters()
  await alice.dials('bob')
  t.equal(await alice.isRefused(), 404)
})
