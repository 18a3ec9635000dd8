import { StartupError, systemCodeOf } from '../../../core/errors.ts'
import { endpointKey, type Protocol } from './flow.ts'

/** Where to listen. */
export interface ListenPoint {
  readonly protocol: Protocol
  /** Numeric; `0.0.0.0` for all IPv4 addresses, `::` for all IPv6 addresses (and those only). */
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** The host, with or without a port, that peers shall see in Via, Contact and Record-Route, when NAT stands between. */
  readonly advertise?: string
}

/** A point that listens. */
export interface BoundPoint {
  readonly protocol: Protocol
  readonly host: string
  readonly port: number
  readonly advertise?: string
}

/** The operator's sentence for a point that cannot be opened. */
export function bindError(point: ListenPoint, cause: unknown): StartupError {
  const where = endpointKey(point.protocol, point.host, point.port)
  return new StartupError(`cannot listen on ${where}: ${bindReason(cause)}`, { cause })
}

function bindReason(cause: unknown): string {
  switch (systemCodeOf(cause)) {
    case 'EADDRINUSE':
      return 'the port is taken by another program'
    case 'EACCES':
      return 'this user may not use the port'
    case 'EADDRNOTAVAIL':
      return 'this machine does not have the address'
    default:
      return cause instanceof Error ? cause.message : String(cause)
  }
}
