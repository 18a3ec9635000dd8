import { BlockList, isIP } from 'node:net'
import type { Request } from 'express'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Whether a process on this machine asks for itself, not a proxy here for somebody elsewhere. */
export function isLoopback(request: Request): boolean {
  const isForwarded = request.get('x-forwarded-for') !== undefined || request.get('forwarded') !== undefined
  const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  const family = isIP(address)
  return !isForwarded && family !== 0 && loopback.check(address, family === 4 ? 'ipv4' : 'ipv6')
}
