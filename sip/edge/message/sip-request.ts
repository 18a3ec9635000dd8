import { binaryOfLine } from './header-field.ts'
import type { HeaderList } from './header-list.ts'
import { parseUri, type SipUri } from './sip-uri.ts'
import { bodyBytes, headerListOf, SipMessage, type HeaderInit } from './sip-message.ts'

export interface RequestInit {
  readonly method: string
  readonly uri: string
  readonly headers?: HeaderInit
  readonly body?: string | Buffer
}

export class SipRequest extends SipMessage {
  readonly kind = 'request'
  #method: string
  #uri: string
  #sipUri: SipUri | undefined | null = null

  /** For the parser; others use `SipRequest.create`. */
  constructor(method: string, uri: string, headers: HeaderList, body: Buffer, bytes?: Buffer) {
    super(headers, body, bytes)
    this.#method = method
    this.#uri = uri
  }

  static create(init: RequestInit): SipRequest {
    return new SipRequest(init.method, init.uri, headerListOf(init.headers), bodyBytes(init.body))
  }

  /** Case matters (RFC 3261 7.1). */
  get method(): string {
    return this.#method
  }

  set method(method: string) {
    this.#method = method
    this.changed()
  }

  /** The Request-URI as written. */
  get uri(): string {
    return this.#uri
  }

  set uri(uri: string) {
    this.#uri = uri
    this.#sipUri = null
    this.changed()
  }

  /** The Request-URI taken apart; undefined when it is not a well-formed SIP or SIPS URI. */
  get sipUri(): SipUri | undefined {
    if (this.#sipUri === null) this.#sipUri = parseUri(this.#uri)
    return this.#sipUri
  }

  clone(): SipRequest {
    return new SipRequest(this.#method, this.#uri, this.headerList.copy(), this.body)
  }

  /** The headers, for making a response to this request. */
  get fields(): HeaderList['fields'] {
    return this.headerList.fields
  }

  protected startLine(): string {
    return `${this.#method} ${binaryOfLine(this.#uri)} ${this.version}`
  }
}
