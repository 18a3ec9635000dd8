import { Exchange, type ExchangeOptions } from '../support/exchange.ts'
import { freePort } from '../support/free-port.ts'
import type { Member } from '../support/office.ts'
import { Sipp, type SippLine } from '../support/sipp.ts'
import { bestOfRounds, spreadOf } from './best-of-rounds.ts'
import { loadCore } from './cores.ts'
import type { Measurement } from './measurement.ts'
import { hireStaff } from './staff.ts'

const pairCount = 50
const perSecond = 30
const rounds = 6

/** CPU of a call between two phones, INVITE to BYE, both legs anchored, no packets. */
export async function benchCall(options: ExchangeOptions, count = 1500): Promise<readonly Measurement[]> {
  const exchange = await Exchange.start(options)
  try {
    const callers = await hireStaff(exchange, pairCount, 10_000)
    const callees = await hireStaff(exchange, pairCount, 20_000)
    const place = { server: exchange.sip, domain: exchange.domain, core: loadCore }
    const localPort = await freePort()
    await mustSucceed(pairCount, {
      ...place,
      scenario: 'register',
      lines: callees.map((callee) => lineOf(callee)),
      perSecond: 100,
      localPort,
      expiresS: 3600,
    })
    const lines = callers.map((caller, n) => lineOf(caller, callees[n]?.user.extension))
    const answering = await Sipp.start({ ...place, scenario: 'callee', localPort, timeoutS: 600 })
    const call = (many: number) => mustSucceed(many, { ...place, scenario: 'caller', lines, perSecond, talkMs: 200 })
    await call(Math.round(count / 5))
    const perRound = Math.round(count / rounds)
    const cost = await bestOfRounds(rounds, async () => {
      const before = exchange.cpuMs()
      await call(perRound)
      return (exchange.cpuMs() - before) / perRound
    })
    await answering.stop()
    const note = `${count} calls at ${perSecond}/s, digest, both legs anchored, no packets; ${spreadOf(cost)}`
    return [{ what: 'CPU per call, set up and torn down', value: cost.best, unit: 'ms', limit: 10, note }]
  } finally {
    await exchange.stop()
  }
}

function lineOf({ device }: Member, dials = ''): SippLine {
  return { username: device.sipUsername, password: device.sipPassword, dials }
}

async function mustSucceed(count: number, options: Parameters<typeof Sipp.run>[0]): Promise<void> {
  const { successful, failed, errors } = await Sipp.run({ ...options, count })
  if (successful !== count) throw new Error(`${failed} of ${count} failed: ${errors.slice(0, 2000)}`)
}
