import type { ApiDevice, ApiUser } from './api-client.ts'
import { Baresip } from './baresip.ts'
import { Exchange, type ExchangeOptions } from './exchange.ts'
import { TestPhone, type TestPhoneOptions } from './phone/test-phone.ts'

/** What the office needs of a test: a place to say what must be released at its end. */
interface Teardown {
  teardown(release: () => unknown): void
}

export interface Member {
  readonly user: ApiUser
  readonly device: ApiDevice
}

/** An exchange with people in it, for one test. Everything it makes ends with the test. */
export class Office {
  readonly exchange: Exchange
  readonly #test: Teardown

  private constructor(exchange: Exchange, test: Teardown) {
    this.exchange = exchange
    this.#test = test
  }

  static async open(test: Teardown, options: ExchangeOptions = {}): Promise<Office> {
    const exchange = await Exchange.start(options)
    test.teardown(() => exchange.stop())
    return new Office(exchange, test)
  }

  get api() {
    return this.exchange.api
  }

  /** A user with one device. */
  async hires(name: string, extension: string): Promise<Member> {
    const user = await this.api.createUser({ name, extension })
    return { user, device: await this.api.createDevice(user.id, 'desk') }
  }

  /** A test phone for a member's device, registered. */
  async phone(member: Member, options: Partial<TestPhoneOptions> = {}): Promise<TestPhone> {
    const phone = await this.unregisteredPhone(member, options)
    await phone.registers()
    return phone
  }

  async unregisteredPhone({ user, device }: Member, options: Partial<TestPhoneOptions> = {}): Promise<TestPhone> {
    const phone = await TestPhone.open({ ...this.#account(device), transport: 'udp', name: user.name, ...options })
    this.#test.teardown(() => phone.close())
    return phone
  }

  /** A real baresip for a member's device, registered. */
  async baresip({ device }: Member, options: { transport: 'udp' | 'tcp'; toneHz: number }): Promise<Baresip> {
    const phone = await Baresip.start({ ...this.#account(device), ...options })
    this.#test.teardown(() => phone.close())
    await phone.registers()
    return phone
  }

  #account(device: ApiDevice) {
    const { sipUsername: username, sipPassword: password } = device
    return { username, password, domain: this.exchange.domain, server: this.exchange.sip }
  }
}
