import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'

/** The address to bind for one that is told to peers: itself when it is this machine's, else (a NAT's outer address) any. */
export function bindAddressFor(address: string): string {
  const isOurs = Object.values(networkInterfaces()).some((entries) =>
    entries?.some((entry) => entry.address === address),
  )
  const isLoopback = address.startsWith('127.') || address === '::1'
  if (isOurs || isLoopback) return address
  return isIPv6(address) ? '::' : '0.0.0.0'
}
