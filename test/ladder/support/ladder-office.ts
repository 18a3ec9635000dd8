import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { composeExchange } from '../../../app/compose.ts'
import { loadConfig } from '../../../config/load-config.ts'
import { FakeClock } from '../../../core/fake-clock.ts'
import { silentLogger } from '../../../core/logger.ts'
import { ApiClient, type ApiCall, type ApiDevice, type ApiUser, type ApiVoicemail } from '../../support/api-client.ts'
import type { Peer } from '../../support/phone/sip-socket.ts'
import { TestPhone } from '../../support/phone/test-phone.ts'

interface Teardown {
  teardown(release: () => unknown): void
}

const password = 'correct horse battery staple'
const domain = 'office.test'

/** A SIP edge in another program that speaks drachtio's control protocol. */
export interface ExternalEdge {
  readonly control: string
  readonly sip: Peer
}

/** Somebody of the office with the phones on his desk. */
export interface Person {
  readonly user: ApiUser
  readonly phones: readonly TestPhone[]
}

/** A whole exchange inside the test's own process. Ring times run on a clock that the test holds. */
export class LadderOffice {
  readonly clock: FakeClock
  readonly api: ApiClient
  readonly #test: Teardown
  readonly #server: Peer

  private constructor(test: Teardown, parts: { api: ApiClient; clock: FakeClock; server: Peer }) {
    this.#test = test
    this.api = parts.api
    this.clock = parts.clock
    this.#server = parts.server
  }

  /** @param external an edge that runs elsewhere: its control port as `host:port:secret`, and where phones find it */
  static async open(test: Teardown, external?: ExternalEdge): Promise<LadderOffice> {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'strowger-ladder-'))
    const clock = new FakeClock(Date.now())
    const config = loadConfig({
      cwd: dataDir,
      env: {
        STROWGER_DATA_DIR: dataDir,
        STROWGER_HTTP_HOST: '127.0.0.1',
        STROWGER_HTTP_PORT: '0',
        STROWGER_SIP_LISTEN: 'udp:127.0.0.1:0,tcp:127.0.0.1:0',
        STROWGER_SIP_DOMAIN: domain,
        STROWGER_ADMIN_PASSWORD: password,
        ...(external ? { STROWGER_SIP_EDGE: 'drachtio', STROWGER_SIP_DRACHTIO: external.control } : {}),
      },
    })
    const exchange = await composeExchange(config, silentLogger, { callClock: clock })
    test.teardown(async () => {
      await exchange.close()
      await rm(dataDir, { recursive: true, force: true })
    })
    const api = new ApiClient(`http://127.0.0.1:${exchange.httpPort}`)
    await api.logIn('admin', password)
    const server = external?.sip ?? exchange.edge.servers.find((each) => each.transport === 'udp')!
    return new LadderOffice(test, { api, clock, server })
  }

  /** A person with that many registered phones. */
  async hires(name: string, extension: string, phones = 1): Promise<Person> {
    const user = await this.api.createUser({ name, extension })
    const connected: TestPhone[] = []
    for (let n = 1; n <= phones; n++) {
      const device = await this.api.createDevice(user.id, `desk ${n}`)
      connected.push(await this.#connects(device, phones === 1 ? name : `${name} ${n}`))
    }
    return { user, phones: connected }
  }

  /** The one phone of a new person who is not asked for again. */
  async hiresWithPhone(name: string, extension: string): Promise<TestPhone> {
    const { phones } = await this.hires(name, extension)
    return phones[0]!
  }

  /** The newest call in the history, once it is finished. */
  async lastCall(): Promise<ApiCall> {
    for (;;) {
      const page = await this.api.ask<{ items: readonly ApiCall[] }>('GET', '/calls?limit=1')
      const [newest] = page.items
      if (newest?.endedAt) return this.api.ask('GET', `/calls/${newest.id}`)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async liveCalls(): Promise<readonly { readonly id: string }[]> {
    return (await this.api.ask<{ items: readonly { id: string }[] }>('GET', '/calls/live')).items
  }

  async voicemails({ user }: Person): Promise<readonly ApiVoicemail[]> {
    return (await this.api.ask<{ items: readonly ApiVoicemail[] }>('GET', `/voicemails?userId=${user.id}`)).items
  }

  async #connects(device: ApiDevice, name: string): Promise<TestPhone> {
    const server = this.#server
    const { sipUsername: username, sipPassword } = device
    const phone = await TestPhone.open({ username, password: sipPassword, domain, server, transport: 'udp', name })
    this.#test.teardown(() => phone.close())
    await phone.registers()
    return phone
  }
}

/** Ana at 1001 and Bob at 1002, each with a phone. */
export async function callers(
  test: Teardown,
  external?: ExternalEdge,
): Promise<{ office: LadderOffice; ana: TestPhone; bob: TestPhone }> {
  const office = await LadderOffice.open(test, external)
  const ana = await office.hiresWithPhone('Ana', '1001')
  const bob = await office.hiresWithPhone('Bob', '1002')
  return { office, ana, bob }
}

/** The same two, Ana having called Bob. */
export async function talking(test: Teardown, external?: ExternalEdge): ReturnType<typeof callers> {
  const { office, ana, bob } = await callers(test, external)
  await ana.dials('1002')
  await bob.rings()
  await bob.answers()
  await ana.isAnswered()
  return { office, ana, bob }
}
