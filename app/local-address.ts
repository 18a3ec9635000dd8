import { BlockList, isIPv6 } from 'node:net'
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'
import type { Clock } from '../core/clock.ts'

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/**
 * Which of this machine's addresses a peer reaches: the one in the peer's own network, else the first that is not for
 * this machine alone. It stands in SDP, so it has to be right for each peer (RFC 3264 5).
 */
export function localAddressTowards(peer: string | undefined, interfaces: Interfaces = networkInterfaces()): string {
  const family = peer !== undefined && isIPv6(peer) ? 'IPv6' : 'IPv4'
  const all = Object.values(interfaces).flatMap((addresses) => addresses ?? [])
  const own = all.filter((address) => address.family === family)
  const direct = peer === undefined ? undefined : own.find((address) => isInNetworkOf(peer, address))
  const reachable = own.find((address) => !address.internal && !address.address.startsWith('fe80:'))
  const loopback = family === 'IPv6' ? '::1' : '127.0.0.1'
  return (direct ?? reachable)?.address ?? loopback
}

function isInNetworkOf(peer: string, address: NetworkInterfaceInfo): boolean {
  if (peer === address.address) return true
  const prefix = Number(address.cidr?.split('/')[1])
  if (!Number.isInteger(prefix)) return false
  const family = address.family === 'IPv6' ? 'ipv6' : 'ipv4'
  const network = new BlockList()
  network.addSubnet(address.address, prefix, family)
  return network.check(peer, family)
}

const rememberedMs = 5000

/** The same, asking the system only now and then: an address is wanted for each leg of each call. */
export function localAddresses(clock: Pick<Clock, 'monotonicMs'>): (peer: string | undefined) => string {
  const known = new Map<string | undefined, string>()
  let askedAtMs = clock.monotonicMs()
  return (peer) => {
    const nowMs = clock.monotonicMs()
    if (nowMs - askedAtMs > rememberedMs) {
      known.clear()
      askedAtMs = nowMs
    }
    const address = known.get(peer) ?? localAddressTowards(peer)
    known.set(peer, address)
    return address
  }
}
