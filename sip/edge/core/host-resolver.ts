import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { asError, StrowgerError } from '../../../core/errors.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Target } from '../transport/flow.ts'
import type { NextHop } from './next-hop.ts'

/** A host name without an address. */
export class HostUnknown extends StrowgerError {
  readonly code = 'host-unknown'
}

/** How long a name server may take. */
const patienceMs = 5_000

/** Finds the numeric address of a next hop. */
export class HostResolver {
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** At once when the host is numeric. Rejects with HostUnknown. */
  resolve(hop: NextHop): Target | Promise<Target> {
    const { protocol, host, port } = hop
    if (isIP(host) !== 0) return { protocol, address: host, port }
    return this.#lookUp(hop)
  }

  async #lookUp({ protocol, host, port }: NextHop): Promise<Target> {
    const tooLate = new AbortController()
    const late = this.#clock.sleep(patienceMs, tooLate.signal).then(() => {
      throw new HostUnknown(`no address for ${host} in ${patienceMs} ms`)
    })
    try {
      const { address } = await Promise.race([lookup(host, { verbatim: false }), late])
      return { protocol, address, port, serverName: host }
    } catch (thrown) {
      if (thrown instanceof HostUnknown) throw thrown
      throw new HostUnknown(`no address for ${host}: ${asError(thrown).message}`, { cause: thrown })
    } finally {
      late.catch(() => undefined)
      tooLate.abort()
    }
  }
}
