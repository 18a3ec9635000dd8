import { test } from 'tap'
import { freePort } from '../support/free-port.ts'
import { Office, type Member } from '../support/office.ts'
import { Sipp, type SippLine, type SippScenario } from '../support/sipp.ts'
import { newestCall } from './history.ts'
import { until } from './until.ts'

void test('SIPp as the phones', async (t) => {
  const office = await Office.open(t)
  const [alice, bob] = [await office.hires('Alice', '1001'), await office.hires('Bob', '1002')]
  await office.api.ask('PATCH', `/users/${bob.user.id}/call-handling`, { strategy: 'both', ringSeconds: 2 })
  const place = { server: office.exchange.sip, domain: office.exchange.domain }
  const lineOf = ({ device }: Member, dials = ''): SippLine => {
    return { username: device.sipUsername, password: device.sipPassword, dials }
  }

  /** A SIPp that takes the calls for Bob, registered under its address. */
  async function callee(scenario: SippScenario): Promise<Sipp> {
    const localPort = await freePort()
    const registered = await Sipp.run({ ...place, scenario: 'register', count: 1, lines: [lineOf(bob)], localPort })
    t.strictSame(registered, { successful: 1, failed: 0, errors: '' })
    return Sipp.start({ ...place, scenario, localPort })
  }

  /** Bob's SIPp is ended and its registration taken away. */
  async function release(phone: Sipp) {
    const result = await phone.stop()
    const localPort = phone.address.port
    await Sipp.run({ ...place, scenario: 'register', count: 1, lines: [lineOf(bob)], localPort, expiresS: 0 })
    return result
  }

  const call = (scenario: SippScenario, count: number, more: { status?: number; perSecond?: number } = {}) =>
    Sipp.run({ ...place, scenario, count, lines: [lineOf(alice, '1002')], ...more })

  await t.test('registers over UDP and TCP', async (t) => {
    const lines = [lineOf(alice), lineOf(bob)]
    for (const transport of ['udp', 'tcp'] as const) {
      const run = { ...place, scenario: 'register', transport, lines, expiresS: 0 } as const
      t.strictSame(await Sipp.run({ ...run, count: 100, perSecond: 50 }), { successful: 100, failed: 0, errors: '' })
    }
  })

  await t.test('200 calls at 20 a second, none failed', async (t) => {
    const phone = await callee('callee')
    t.strictSame(await call('caller', 200, { perSecond: 20 }), { successful: 200, failed: 0, errors: '' })
    const { failed } = await release(phone)
    t.equal(failed, 0)
    await until(
      () => office.exchange.metric('strowger_calls_live'),
      (live) => live === 0,
    )
    await until(
      () => office.exchange.metric('strowger_media_endpoints'),
      (endpoints) => endpoints === 0,
    )
  })

  await t.test('cancelled calls', async (t) => {
    const phone = await callee('callee-rings')
    t.strictSame(await call('caller-cancel', 10, { perSecond: 5 }), { successful: 10, failed: 0, errors: '' })
    t.equal((await release(phone)).failed, 0)
    t.match(await newestCall(office), { outcome: 'cancelled' })
  })

  await t.test('busy', async (t) => {
    const phone = await callee('callee-busy')
    t.strictSame(await call('caller-refused', 10, { status: 486 }), { successful: 10, failed: 0, errors: '' })
    t.equal((await release(phone)).failed, 0)
    t.match(await newestCall(office), { outcome: 'busy' })
  })

  await t.test('no answer: voicemail takes the call', async (t) => {
    const phone = await callee('callee-rings')
    t.strictSame(await call('caller', 2), { successful: 2, failed: 0, errors: '' })
    t.equal((await release(phone)).failed, 0)
    t.match(await newestCall(office), { outcome: 'voicemail' })
  })
})
