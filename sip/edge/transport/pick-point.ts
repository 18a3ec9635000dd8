import { isIPv6 } from 'node:net'
import type { Target } from './flow.ts'
import type { BoundPoint } from './listen-point.ts'

/**
 * The listen point that messages to a target leave from (UDP), or that stands for a connection we open: of its protocol
 * and address family, and one that can reach it, since a socket bound to loopback cannot send anywhere else.
 */
export function pickPoint(
  points: readonly BoundPoint[],
  target: Pick<Target, 'protocol' | 'address'>,
): BoundPoint | undefined {
  const isV6 = isIPv6(target.address)
  const fitting = points.filter((point) => point.protocol === target.protocol && isIPv6(point.host) === isV6)
  const isLocal = isLoopback(target.address)
  return (
    fitting.find((point) => isLoopback(point.host) === isLocal) ??
    fitting.find((point) => point.host === '0.0.0.0' || point.host === '::') ??
    fitting[0]
  )
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1'
}
