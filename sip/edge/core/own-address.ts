import { isIPv6 } from 'node:net'
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'
import type { Protocol } from '../transport/flow.ts'
import type { BoundPoint } from '../transport/listen-point.ts'

/** Where we can be reached: what stands in Via, Contact and Record-Route. */
export interface OwnAddress {
  readonly protocol: Protocol
  /** A name or an address, an IPv6 one in brackets. */
  readonly host: string
  readonly port: number
}

interface Candidate {
  readonly address: string
  readonly bits: bigint
  readonly mask: bigint
  readonly isInternal: boolean
}

/** Interfaces may come and go, so what was found out is not believed for ever. */
const rememberMs = 10_000

/** Knows, for each listen point, the address of this machine that a peer can answer to. */
export class OwnAddresses {
  readonly #nowMs: () => number
  readonly #found = new Map<string, OwnAddress>()
  #foundAtMs = Number.NEGATIVE_INFINITY

  /** `nowMs`: a monotonic clock. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** Our address at `point` as a peer at `remoteAddress` (numeric) sees it. */
  towards(remoteAddress: string, point: BoundPoint): OwnAddress {
    const nowMs = this.#nowMs()
    if (nowMs - this.#foundAtMs > rememberMs || this.#found.size > 10_000) {
      this.#found.clear()
      this.#foundAtMs = nowMs
    }
    const key = `${point.protocol} ${point.host} ${point.port} ${remoteAddress}`
    const known = this.#found.get(key)
    if (known) return known
    const own = advertised(point) ?? plain(point, remoteAddress)
    this.#found.set(key, own)
    return own
  }
}

/** `name`, `name:port`, `[2001:db8::1]:port`. */
function advertised({ advertise, protocol, port }: BoundPoint): OwnAddress | undefined {
  if (advertise === undefined || advertise === '') return undefined
  const parts = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(advertise)
  if (!parts?.[1]) return { protocol, host: `[${advertise}]`, port }
  return { protocol, host: parts[1], port: parts[2] === undefined ? port : Number(parts[2]) }
}

function plain({ protocol, host, port }: BoundPoint, remoteAddress: string): OwnAddress {
  const isWildcard = host === '0.0.0.0' || host === '::'
  const address = isWildcard ? addressTowards(remoteAddress) : host
  return { protocol, host: address.includes(':') ? `[${address}]` : address, port }
}

/** The address of the interface whose network the peer is in; else the first one that leads out of this machine. */
function addressTowards(remoteAddress: string): string {
  const isV6 = isIPv6(remoteAddress)
  const candidates = Object.values(networkInterfaces()).flatMap((infos) =>
    (infos ?? [])
      .filter((info) => (info.family === 'IPv6') === isV6 && !info.address.startsWith('fe80'))
      .map(candidate),
  )
  const remote = addressBits(remoteAddress)
  const inNetwork = candidates.filter(({ bits, mask }) => (bits & mask) === (remote & mask))
  const nearest = inNetwork.sort((a, b) => (a.mask < b.mask ? 1 : -1))[0]
  const chosen = nearest ?? candidates.find(({ isInternal }) => !isInternal) ?? candidates[0]
  return chosen?.address ?? (isV6 ? '::1' : '127.0.0.1')
}

function candidate(info: NetworkInterfaceInfo): Candidate {
  const { address, netmask, internal } = info
  return { address, bits: addressBits(address), mask: addressBits(netmask), isInternal: internal }
}

/** An IP address as a number; 0 for one that is none. */
function addressBits(address: string): bigint {
  if (!address.includes(':'))
    return address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(Number(part) || 0), 0n)
  const plainV6 = address.replace(/%.*$/, '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number)
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  })
  const [head = '', tail] = plainV6.split('::')
  const first = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const middle = tail === undefined ? [] : Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0')
  return [...first, ...middle, ...last].reduce((bits, part) => (bits << 16n) | BigInt(parseInt(part, 16) || 0), 0n)
}

/** `sip:host:port`, with the transport parameter when it is not UDP. */
export function ownUri({ protocol, host, port }: OwnAddress, user?: string): string {
  const at = user === undefined || user === '' ? '' : `${user}@`
  return `sip:${at}${host}:${port}${protocol === 'udp' ? '' : `;transport=${transportName(protocol)}`}`
}

/** RFC 7118: in a URI `ws` stands for both kinds of WebSocket. */
function transportName(protocol: Protocol): string {
  return protocol === 'wss' ? 'ws' : protocol
}
