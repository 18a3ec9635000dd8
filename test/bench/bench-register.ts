import { setTimeout as sleep } from 'node:timers/promises'
import { answersSip } from '../support/answers-sip.ts'
import { Exchange, type ExchangeOptions } from '../support/exchange.ts'
import { Kamailio } from '../support/kamailio.ts'
import { TestPhone } from '../support/phone/test-phone.ts'
import { Sipp, type SippLine } from '../support/sipp.ts'
import { bestOfRounds, spreadOf, type Rounds } from './best-of-rounds.ts'
import { loadCore, serverCore } from './cores.ts'
import type { Measurement } from './measurement.ts'
import { hireStaff } from './staff.ts'

interface Server {
  readonly address: { readonly host: string; readonly port: number }
  readonly domain: string
  cpuMs(): number
}

const userCount = 500
const perSecond = 400
const rounds = 4

/** CPU of REGISTER, 401, REGISTER with digest, 200: the exchange beside Kamailio; and how soon it serves after a start. */
export async function benchRegister(options: ExchangeOptions, count = 8000): Promise<readonly Measurement[]> {
  const exchange = await Exchange.start(options)
  try {
    const staff = await hireStaff(exchange, userCount, 10_000)
    const lines = staff.map(({ device }) => ({ username: device.sipUsername, password: device.sipPassword }))
    const server = { address: exchange.sip, domain: exchange.domain, cpuMs: () => exchange.cpuMs() }
    const own = await msPerRegistration(server, lines, count)
    const startMs = await msToFirstRegister(exchange, lines[0] ?? { username: '', password: '' })
    const theirs = await msOfKamailio(lines, count)
    const note = `${count} registrations of ${userCount} users at ${perSecond}/s; ${spreadOf(own)}`
    return [
      { what: 'Strowger, CPU per registration', value: own.best, unit: 'ms', limit: 0.6, note },
      {
        what: 'Kamailio, CPU per registration',
        value: theirs.best,
        unit: 'ms',
        note: `the same load in the same run; ${spreadOf(theirs)}`,
      },
      { what: 'ratio', value: own.best / theirs.best, unit: 'times' },
      {
        what: 'start to first accepted REGISTER',
        value: startMs / 1000,
        unit: 's',
        limit: 2,
        note: `${userCount} users known`,
      },
    ]
  } finally {
    await exchange.stop()
  }
}

async function msOfKamailio(lines: readonly SippLine[], count: number): Promise<Rounds> {
  const password = 'open-sesame'
  const kamailio = await Kamailio.start({ password, core: serverCore })
  try {
    const server = { address: kamailio.address, domain: 'office.test', cpuMs: () => kamailio.cpuMs() }
    return await msPerRegistration(
      server,
      lines.map(({ username }) => ({ username, password })),
      count,
    )
  } finally {
    await kamailio.close()
  }
}

async function msPerRegistration(server: Server, lines: readonly SippLine[], count: number): Promise<Rounds> {
  const load = { scenario: 'register', server: server.address, domain: server.domain, lines, core: loadCore } as const
  const register = async (many: number) => {
    const { successful, failed, errors } = await Sipp.run({ ...load, count: many, perSecond })
    if (successful !== many) throw new Error(`${failed} of ${many} registrations failed: ${errors.slice(0, 2000)}`)
  }
  const perRound = Math.round(count / rounds)
  await register(perRound)
  return bestOfRounds(rounds, async () => {
    const before = server.cpuMs()
    await register(perRound)
    // What is written behind belongs to the registrations.
    await sleep(500)
    return (server.cpuMs() - before) / perRound
  })
}

async function msToFirstRegister(exchange: Exchange, line: SippLine): Promise<number> {
  await exchange.stop({ keepsData: true })
  const startedAt = performance.now()
  const ready = exchange.startAgain()
  await answersSip(exchange.sip)
  const phone = await TestPhone.open({ ...line, domain: exchange.domain, server: exchange.sip, transport: 'udp' })
  try {
    await phone.registers()
    return performance.now() - startedAt
  } finally {
    phone.close()
    await ready
  }
}
