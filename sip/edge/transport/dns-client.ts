import { lookup, Resolver } from 'node:dns/promises'

export interface NaptrRecord {
  readonly order: number
  readonly preference: number
  readonly flags: string
  readonly service: string
  readonly replacement: string
}

export interface SrvRecord {
  readonly priority: number
  readonly weight: number
  readonly port: number
  readonly name: string
}

/** The questions that finding a SIP server takes. Each rejects, or answers an empty list, when there is nothing. */
export interface DnsClient {
  naptr(name: string): Promise<readonly NaptrRecord[]>
  srv(name: string): Promise<readonly SrvRecord[]>
  /** Also from the machine's hosts file. */
  addresses(name: string): Promise<readonly { readonly address: string; readonly family: number }[]>
}

/** Asks the name servers of this machine, each question at most twice. */
export function systemDns(queryMs = 1_500): DnsClient {
  const resolver = new Resolver({ timeout: queryMs, tries: 2 })
  return {
    naptr: (name) => resolver.resolveNaptr(name),
    srv: (name) => resolver.resolveSrv(name),
    addresses: (name) => lookup(name, { all: true, verbatim: true }),
  }
}
