import { isIPv6 } from 'node:net'
import { isBlank, skipBlanks, tokenEnd } from './char-class.ts'
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
  /** In upper case: `UDP`, `TCP`, `WSS` and so on. */
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

/** Undefined when malformed. */
export function parseVia(text: string): Via | undefined {
  const transportStart = text.startsWith('SIP/2.0/') ? 8 : endOfProtocol(text)
  const transportEnd = tokenEnd(text, transportStart)
  const hostStart = skipBlanks(text, transportEnd)
  if (transportStart < 0 || transportEnd === transportStart || hostStart === transportEnd) return undefined
  const hostEnd = endOfHost(text, hostStart)
  if (hostEnd < 0) return undefined
  let at = skipBlanks(text, hostEnd)
  let port: number | undefined
  if (text.charCodeAt(at) === colon) {
    const portStart = skipBlanks(text, at + 1)
    at = endOfPort(text, portStart)
    port = Number(text.slice(portStart, at))
    if (at === portStart || port > 65535) return undefined
    at = skipBlanks(text, at)
  }
  if (at < text.length && text.charCodeAt(at) !== semicolon) return undefined
  const params = parseParams(text, at)
  const transport = text.slice(transportStart, transportEnd)
  return params && new Via({ transport, host: text.slice(hostStart, hostEnd), port, params })
}

const colon = 0x3a
const semicolon = 0x3b
const openBracket = 0x5b

/** Blanks may stand around the slashes of the protocol, and SIP in any case. */
function endOfProtocol(text: string): number {
  return /^SIP[ \t]*\/[ \t]*2\.0[ \t]*\/[ \t]*/i.exec(text)?.[0].length ?? -1
}

/** -1 when there is no host. A name is read widely: what a token may hold. */
function endOfHost(text: string, from: number): number {
  if (text.charCodeAt(from) === openBracket) {
    const close = text.indexOf(']', from)
    return close > 0 && isIPv6(text.slice(from + 1, close)) ? close + 1 : -1
  }
  let at = from
  for (; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (char === colon || char === semicolon || isBlank(char)) break
  }
  return at > from && tokenEnd(text, from) >= at ? at : -1
}

function endOfPort(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39) at++
  return at
}
