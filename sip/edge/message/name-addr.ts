import { skipBlanks } from './char-class.ts'
import { Params, parseParams } from './params.ts'
import { closingQuote, isToken, quote, unquote } from './quoting.ts'
import { parseUri, uriScheme, type SipUri } from './sip-uri.ts'

export interface NameAddrParts {
  readonly displayName?: string | undefined
  readonly uri: string
  readonly params?: Params
}

/** A value of From, To, Contact, Route, P-Asserted-Identity and the like (RFC 3261 20.10); immutable. */
export class NameAddr {
  /** Without quotes; undefined when there is none or it is empty. */
  readonly displayName: string | undefined
  /** As written, without the angle brackets; any scheme. */
  readonly uri: string
  readonly params: Params
  readonly #written: string | undefined
  #sip: SipUri | undefined | null = null

  /** `written` is the text to give back unchanged. */
  constructor(parts: NameAddrParts, written?: string) {
    this.displayName = parts.displayName
    this.uri = parts.uri
    this.params = parts.params ?? Params.none
    this.#written = written
  }

  /** The URI taken apart; undefined when it is not a well-formed SIP or SIPS URI. */
  get sip(): SipUri | undefined {
    if (this.#sip === null) this.#sip = parseUri(this.uri)
    return this.#sip
  }

  get tag(): string | undefined {
    return this.params.get('tag')
  }

  with(parts: Partial<NameAddrParts>): NameAddr {
    return new NameAddr({ displayName: this.displayName, uri: this.uri, params: this.params, ...parts })
  }

  withTag(tag: string): NameAddr {
    return this.with({ params: this.params.with('tag', tag) })
  }

  toString(): string {
    if (this.#written !== undefined) return this.#written
    const name = this.displayName
    const display = !name ? '' : isToken(name) ? `${name} ` : `${quote(name)} `
    return `${display}<${this.uri}>${this.params.toString()}`
  }
}

/** Reads one name-addr or addr-spec with its parameters; undefined when it is neither. */
export function parseNameAddr(text: string): NameAddr | undefined {
  let open: number
  if (text.charCodeAt(0) === 0x22) {
    const close = closingQuote(text, 0)
    if (close < 0) return undefined
    open = text.indexOf('<', close)
    if (open < 0 || text.slice(close + 1, open).trim() !== '') return undefined
  } else {
    open = text.indexOf('<')
    if (open < 0) return parseAddrSpec(text)
  }
  const close = text.indexOf('>', open)
  if (close < 0) return undefined
  const uri = text.slice(open + 1, close).trim()
  const params = paramsAfter(text, close + 1)
  const display = open === 0 ? undefined : displayNameOf(text.slice(0, open).trim())
  if (!params || display === null || !hasScheme(uri)) return undefined
  return new NameAddr({ displayName: display, uri, params }, text)
}

/** Unquoted display names are taken widely (RFC 4475 3.1.2.15 lets us): anything without a quote. */
function displayNameOf(text: string): string | undefined | null {
  if (text === '') return undefined
  if (text.charCodeAt(0) === 0x22) return unquote(text) || undefined
  return text.includes('"') || text.includes('>') ? null : text
}

/** Without brackets, parameters belong to the header, and a comma or question mark is not allowed (RFC 3261 20). */
function parseAddrSpec(text: string): NameAddr | undefined {
  const semicolon = text.indexOf(';')
  const uri = semicolon < 0 ? text : text.slice(0, semicolon).trimEnd()
  if (/[\s,?"<>]/.test(uri) || !hasScheme(uri)) return undefined
  const params = semicolon < 0 ? Params.none : parseParams(text, semicolon)
  return params && new NameAddr({ uri, params }, text)
}

function paramsAfter(text: string, from: number): Params | undefined {
  const at = skipBlanks(text, from)
  return at === text.length || text.charCodeAt(at) === 0x3b ? parseParams(text, at) : undefined
}

function hasScheme(uri: string): boolean {
  return (uri.startsWith('sip:') && uri.length > 4) || uriScheme(uri) !== undefined
}
