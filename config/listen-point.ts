/** Where the SIP edge listens. */
export interface ListenPoint {
  readonly protocol: 'udp' | 'tcp' | 'tls'
  /** An address of this machine, IPv6 without brackets; `0.0.0.0` or `::` are all of them. */
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** The address that phones are told, when it is not the one listened on. */
  readonly advertise?: string
}
