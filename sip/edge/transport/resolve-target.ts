import { isIP } from 'node:net'
import type { Clock } from '../../../core/clock.ts'
import { asError, StrowgerError } from '../../../core/errors.ts'
import type { DnsClient, SrvRecord } from './dns-client.ts'
import type { Protocol, Target } from './flow.ts'
import { defaultPort, type Hop } from './hop.ts'
import { orderSrv } from './order-srv.ts'

/** A host for which no address was found. */
export class HostUnknown extends StrowgerError {
  readonly code = 'host-unknown'
}

export interface ResolverOptions {
  readonly dns: DnsClient
  readonly clock: Clock
  /** What we can send over, in the order we like it. */
  readonly protocols?: readonly Protocol[]
  /** Which addresses we can reach, in the order we like them. */
  readonly families?: readonly (4 | 6)[]
  /** How long all the questions of one host together may take. */
  readonly totalMs?: number
  readonly random?: () => number
}

/** A server of a host: what to speak, and the name that still has no address. */
interface Server {
  readonly protocol: Protocol
  readonly name: string
  readonly port: number
}

const services: readonly { service: string; protocol: Protocol; prefix: string }[] = [
  { service: 'SIPS+D2T', protocol: 'tls', prefix: '_sips._tcp' },
  { service: 'SIP+D2U', protocol: 'udp', prefix: '_sip._udp' },
  { service: 'SIP+D2T', protocol: 'tcp', prefix: '_sip._tcp' },
]

/** More addresses than this are not worth a caller's patience. */
const mostTargets = 16

/** Finds where requests to a host may be sent, best first; the others are for when it fails (RFC 3263 4). */
export class TargetResolver {
  readonly #dns: DnsClient
  readonly #clock: Clock
  readonly #protocols: readonly Protocol[]
  readonly #families: readonly number[]
  readonly #totalMs: number
  readonly #random: () => number

  constructor(options: ResolverOptions) {
    this.#dns = options.dns
    this.#clock = options.clock
    this.#protocols = options.protocols ?? ['udp', 'tcp', 'tls']
    this.#families = options.families ?? [4, 6]
    this.#totalMs = options.totalMs ?? 5_000
    this.#random = options.random ?? Math.random
  }

  /** At once, without a question, when the host is numeric. @throws HostUnknown */
  async resolve(hop: Hop): Promise<readonly Target[]> {
    if (isIP(hop.host) === 0) return this.#inTime(hop, this.#lookUp(hop))
    const protocol = hop.protocol ?? plainProtocol(hop)
    return [{ protocol, address: hop.host, port: hop.port ?? defaultPort(protocol) }]
  }

  async #lookUp(hop: Hop): Promise<readonly Target[]> {
    const servers = await this.#serversOf(hop)
    const targets = await Promise.all(servers.map((server) => this.#targetsOf(server, hop.host)))
    const all = targets.flat().slice(0, mostTargets)
    if (all.length === 0) throw new HostUnknown(`no address for ${hop.host}`)
    return all
  }

  /** RFC 3263 4.1 and 4.2: what a port or a transport in the URI leaves open decides how far we ask. */
  async #serversOf(hop: Hop): Promise<readonly Server[]> {
    const { host, port, protocol } = hop
    if (port !== undefined) return [{ protocol: protocol ?? plainProtocol(hop), name: host, port }]
    const named = protocol ? await this.#srvOf(protocol, host) : await this.#discover(hop)
    if (named.length > 0) return named
    const fallback = protocol ?? plainProtocol(hop)
    return [{ protocol: fallback, name: host, port: defaultPort(fallback) }]
  }

  /** The transports that a host itself prefers: its NAPTR records, else those of which it has SRV records. */
  async #discover(hop: Hop): Promise<readonly Server[]> {
    const usable = services.filter(({ protocol }) => this.#canUse(protocol, hop))
    const naptr = await this.#dns.naptr(hop.host).catch(() => [])
    const chosen = naptr
      .filter((record) => record.flags.toLowerCase() === 's')
      .sort((a, b) => a.order - b.order || a.preference - b.preference)
      .flatMap((record) => {
        const known = usable.find(({ service }) => service === record.service.toUpperCase())
        return known ? [{ protocol: known.protocol, name: record.replacement }] : []
      })
    if (chosen.length > 0) {
      return (await Promise.all(chosen.map(({ protocol, name }) => this.#srv(protocol, name)))).flat()
    }
    const liked = [...usable].sort((a, b) => this.#rank(a.protocol) - this.#rank(b.protocol))
    return (await Promise.all(liked.map(({ protocol }) => this.#srvOf(protocol, hop.host)))).flat()
  }

  async #srvOf(protocol: Protocol, host: string): Promise<readonly Server[]> {
    const known = services.find((each) => each.protocol === protocol)
    return known ? this.#srv(protocol, `${known.prefix}.${host}`) : []
  }

  async #srv(protocol: Protocol, name: string): Promise<readonly Server[]> {
    const records: readonly SrvRecord[] = await this.#dns.srv(name).catch(() => [])
    // A target of "." says that there is no such service (RFC 2782).
    const real = records.filter((record) => record.name !== '' && record.name !== '.')
    return orderSrv(real, this.#random).map((record) => ({ protocol, name: record.name, port: record.port }))
  }

  async #targetsOf({ protocol, name, port }: Server, host: string): Promise<readonly Target[]> {
    const found =
      isIP(name) === 0 ? await this.#dns.addresses(name).catch(() => []) : [{ address: name, family: isIP(name) }]
    const reachable = this.#families.flatMap((family) => found.filter((each) => each.family === family))
    // The peer proves the name that the caller asked for, not the one that DNS led to (RFC 5922 4).
    return reachable.map(({ address }) => ({ protocol, address, port, serverName: host }))
  }

  #canUse(protocol: Protocol, hop: Hop): boolean {
    return this.#protocols.includes(protocol) && (!hop.isSecure || protocol === 'tls')
  }

  #rank(protocol: Protocol): number {
    return this.#protocols.indexOf(protocol)
  }

  async #inTime<T>(hop: Hop, work: Promise<T>): Promise<T> {
    const done = new AbortController()
    const late = this.#clock.sleep(this.#totalMs, done.signal).then(() => {
      throw new HostUnknown(`no answer about ${hop.host} in ${this.#totalMs} ms`)
    })
    late.catch(() => undefined)
    work.catch(() => undefined)
    try {
      return await Promise.race([work, late])
    } catch (thrown) {
      if (thrown instanceof HostUnknown) throw thrown
      throw new HostUnknown(`no address for ${hop.host}`, { cause: asError(thrown) })
    } finally {
      done.abort()
    }
  }
}

function plainProtocol(hop: Hop): Protocol {
  return hop.isSecure ? 'tls' : 'udp'
}
