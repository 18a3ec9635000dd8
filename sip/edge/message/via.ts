import { Params, parseParams } from './params.ts'

export interface ViaParts {
  /** In any case. */
  readonly transport: string
  readonly host: string
  readonly port?: number | undefined
  readonly params?: Params
}

/** One value of Via (RFC 3261 20.42); immutable. */
export class Via {
  /** As written, `UDP`, `TCP`, `WSS` and so on in upper case. */
  readonly transport: string
  /** A name, an IPv4 address or an IPv6 reference in brackets. */
  readonly host: string
  readonly port: number | undefined
  readonly params: Params

  constructor(parts: ViaParts) {
    this.transport = parts.transport.toUpperCase()
    this.host = parts.host
    this.port = parts.port
    this.params = parts.params ?? Params.none
  }

  get branch(): string | undefined {
    return this.params.get('branch')
  }

  /** The address that the next hop saw, without brackets. */
  get received(): string | undefined {
    const received = this.params.get('received')
    return received?.startsWith('[') ? received.slice(1, -1) : received
  }

  /** RFC 3581: the port that the next hop saw; true when asked for and not yet filled in. */
  get rport(): number | true | undefined {
    const rport = this.params.get('rport')
    if (rport === undefined) return undefined
    return /^\d{1,5}$/.test(rport) ? Number(rport) : true
  }

  with(parts: Partial<ViaParts>): Via {
    return new Via({ transport: this.transport, host: this.host, port: this.port, params: this.params, ...parts })
  }

  toString(): string {
    const port = this.port === undefined ? '' : `:${this.port}`
    return `SIP/2.0/${this.transport} ${this.host}${port}${this.params.toString()}`
  }
}

const sentProtocol =
  /^SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z0-9\-.!%*_+`'~]+)\s+(\[[\dA-Fa-f:.]+\]|[\w.-]+)(?:\s*:\s*(\d{1,5}))?\s*$/i

/** Undefined when malformed. */
export function parseVia(text: string): Via | undefined {
  const semicolon = text.indexOf(';')
  const parts = sentProtocol.exec(semicolon < 0 ? text : text.slice(0, semicolon))
  const params = semicolon < 0 ? Params.none : parseParams(text.slice(semicolon))
  const [, transport, host, portText] = parts ?? []
  if (!params || transport === undefined || host === undefined) return undefined
  const port = portText === undefined ? undefined : Number(portText)
  if (port !== undefined && port > 65535) return undefined
  return new Via({ transport, host, port, params })
}
