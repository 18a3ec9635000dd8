import { isIPv6 } from 'node:net'
import { Params } from './params.ts'

/** RFC 3261 25.1 SIP-URI, a little wider: an unescaped `#` in the user part, which phones send for feature codes. */
const sipUri =
  /^(sips?):(?:((?:[\w\-.!~*'()&=+$,;?/#]|%[\dA-F]{2})+)(?::((?:[\w\-.!~*'()&=+$,]|%[\dA-F]{2})*))?@)?(\[[\dA-F:.]+\]|[\dA-Z_][\dA-Z_.-]*)(?::(\d{1,5}))?((?:;[^?\s<>"@]*)?)(?:\?([^\s<>"@]*))?$/i

const uriParam = /^(?:[\w\-.!~*'()[\]/:&+$]|%[\dA-F]{2})+$/i
const badEscape = /%(?![\dA-F]{2})/i

export interface SipUriParts {
  readonly scheme?: 'sip' | 'sips'
  /** Unescaped. */
  readonly user?: string | undefined
  readonly password?: string | undefined
  /** A name, an IPv4 address or an IPv6 reference in brackets. */
  readonly host: string
  readonly port?: number | undefined
  readonly params?: Params
  /** The part after `?`, escaped. */
  readonly headers?: string
}

/** A SIP or SIPS URI (RFC 3261 19.1); immutable. */
export class SipUri {
  readonly scheme: 'sip' | 'sips'
  /** Unescaped; undefined when the URI has no user part. */
  readonly user: string | undefined
  readonly password: string | undefined
  readonly host: string
  readonly port: number | undefined
  readonly params: Params
  readonly headers: string

  constructor(parts: SipUriParts) {
    this.scheme = parts.scheme ?? 'sip'
    this.user = parts.user
    this.password = parts.password
    this.host = parts.host
    this.port = parts.port
    this.params = parts.params ?? Params.none
    this.headers = parts.headers ?? ''
  }

  get transport(): string | undefined {
    return this.params.get('transport')?.toLowerCase()
  }

  /** The host without the brackets of an IPv6 reference. */
  get address(): string {
    return this.host.startsWith('[') ? this.host.slice(1, -1) : this.host
  }

  with(parts: Partial<SipUriParts>): SipUri {
    const { scheme, user, password, host, port, params, headers } = this
    return new SipUri({ scheme, user, password, host, port, params, headers, ...parts })
  }

  toString(): string {
    const password = this.password === undefined ? '' : `:${escaped(this.password)}`
    const userInfo = this.user === undefined ? '' : `${escaped(this.user)}${password}@`
    const port = this.port === undefined ? '' : `:${this.port}`
    const headers = this.headers === '' ? '' : `?${this.headers}`
    return `${this.scheme}:${userInfo}${this.host}${port}${this.params.toString()}${headers}`
  }
}

/** Undefined when it is not a well-formed SIP or SIPS URI. */
export function parseUri(text: string): SipUri | undefined {
  const parts = sipUri.exec(text)
  if (!parts) return undefined
  const [, scheme, user, password, host, port, params, headers] = parts
  const portNumber = port === undefined ? undefined : Number(port)
  if (portNumber !== undefined && portNumber > 65535) return undefined
  const known = params === undefined || params === '' ? Params.none : parseUriParams(params)
  if (host?.startsWith('[') && !isIPv6(host.slice(1, -1))) return undefined
  if (!known || host === undefined || (headers !== undefined && badEscape.test(headers))) return undefined
  return new SipUri({
    scheme: scheme?.length === 4 ? 'sips' : 'sip',
    user: user === undefined ? undefined : unescaped(user),
    password: password === undefined ? undefined : unescaped(password),
    host,
    port: portNumber,
    params: known,
    headers: headers ?? '',
  })
}

/** The scheme in lower case; undefined when the text does not start with one. */
export function uriScheme(text: string): string | undefined {
  return /^([a-z][a-z\d+\-.]*):./i.exec(text)?.[1]?.toLowerCase()
}

/** Empty parameters (`;;`, a trailing `;`) are passed over: phones send them. */
function parseUriParams(text: string): Params | undefined {
  const entries: { name: string; value: string | undefined }[] = []
  for (const element of text.split(';')) {
    if (element === '') continue
    const equals = element.indexOf('=')
    const name = equals < 0 ? element : element.slice(0, equals)
    const value = equals < 0 ? undefined : element.slice(equals + 1)
    if (!uriParam.test(name) || (value !== undefined && value !== '' && !uriParam.test(value))) return undefined
    entries.push({ name, value })
  }
  return new Params(entries)
}

function unescaped(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    // Escaped bytes that are not UTF-8: one character each.
    return text.replace(/%([\dA-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  }
}

function escaped(text: string): string {
  return /^[\w\-.!~*'()&=+$,;?/]*$/.test(text) ? text : text.replace(/[^\w\-.!~*'()&=+$,;?/]/gu, encodeURIComponent)
}
