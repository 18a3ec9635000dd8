import { BlockList, isIP } from 'node:net'

/** Addresses that nothing is held against. */
export class AllowList {
  readonly #networks = new BlockList()

  /** @param entries addresses or networks like `192.0.2.0/24` and `2001:db8::/32`, checked by the configuration */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const [address = '', bits] = entry.split('/')
      const isV6 = isIP(address) === 6
      this.#networks.addSubnet(address, bits === undefined ? (isV6 ? 128 : 32) : Number(bits), isV6 ? 'ipv6' : 'ipv4')
    }
  }

  has(address: string): boolean {
    const [plain = ''] = address.split('%', 1)
    const family = isIP(plain)
    return family !== 0 && this.#networks.check(plain, family === 6 ? 'ipv6' : 'ipv4')
  }
}
