import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Clock } from '../../core/clock.ts'

/** How long what the system said of its addresses is believed: asking costs as much as opening a port. */
const believedMs = 5000

/** Finds the address to bind for one that is told to peers. */
export class BindAddresses {
  readonly #clock: Pick<Clock, 'monotonicMs'>
  #own = new Set<string>()
  #askedAtMs = -Infinity

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock
  }

  /** The address itself when it is this machine's, else (a NAT's outer address) any. */
  for(address: string): string {
    const isLoopback = address.startsWith('127.') || address === '::1'
    if (isLoopback || this.#ownAddresses().has(address)) return address
    return isIPv6(address) ? '::' : '0.0.0.0'
  }

  #ownAddresses(): ReadonlySet<string> {
    const nowMs = this.#clock.monotonicMs()
    if (nowMs - this.#askedAtMs > believedMs) {
      this.#askedAtMs = nowMs
      const entries = Object.values(networkInterfaces()).flatMap((infos) => infos ?? [])
      this.#own = new Set(entries.map((info) => info.address))
    }
    return this.#own
  }
}
