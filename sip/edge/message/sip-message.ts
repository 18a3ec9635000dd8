import { StrowgerError } from '../../../core/errors.ts'
import { parseCSeq, type CSeq } from './cseq.ts'
import type { HeaderField } from './header-field.ts'
import { HeaderList } from './header-list.ts'
import { knownHeader } from './header-names.ts'
import { parseNameAddr, type NameAddr } from './name-addr.ts'
import { parseVia, type Via } from './via.ts'
import { writeFields } from './write-fields.ts'

/** A typed getter was asked for a header that is absent or malformed; never thrown for messages that passed `parseMessage`. */
export class HeaderUnusable extends StrowgerError {
  readonly code = 'header-unusable'

  readonly header: string

  constructor(header: string) {
    super(`header ${header} is absent or malformed`)
    this.header = header
  }
}

/** Headers as an object or as pairs; an array stands for several fields. */
export type HeaderInit =
  | Readonly<Record<string, string | number | readonly string[] | undefined>>
  | Iterable<readonly [name: string, value: string]>

const noBody = Buffer.alloc(0)

/** What requests and responses have in common. Header names are taken in any case and in compact form. */
export abstract class SipMessage {
  abstract readonly kind: 'request' | 'response'
  readonly version = 'SIP/2.0'
  readonly #headers: HeaderList
  #body: Buffer
  /** The bytes this message came as, as long as nothing was changed. */
  #bytes: Buffer | undefined
  #callId: string | undefined
  #cseq: CSeq | undefined
  #topVia: Via | undefined
  #from: NameAddr | undefined
  #to: NameAddr | undefined
  #contacts: readonly NameAddr[] | undefined

  /** `bytes` are given back by `toBuffer` until something changes. */
  protected constructor(headers: HeaderList, body: Buffer, bytes?: Buffer) {
    this.#headers = headers
    this.#body = body
    this.#bytes = bytes
  }

  /** The first line without its CRLF, one character a byte. */
  protected abstract startLine(): string
  abstract clone(): SipMessage

  /** The value of the first field of that name, unfolded and trimmed; a list is not split. */
  get(name: string): string | undefined {
    return this.#headers.get(name)
  }

  /** All values of that name, lists split at their commas. */
  values(name: string): string[] {
    return this.#headers.values(name)
  }

  has(name: string): boolean {
    return this.#headers.has(name)
  }

  /** Every field in order; known names in canonical spelling. */
  headers(): Iterable<[name: string, value: string]> {
    return { [Symbol.iterator]: () => this.#headers.entries() }
  }

  /** Replaces all fields of that name, in the place of the first; an empty array removes them. */
  set(name: string, value: string | number | readonly string[]): this {
    this.#headers.set(name, typeof value === 'object' ? value : [String(value)])
    return this.#touched(name)
  }

  /** One more field, after all others. */
  add(name: string, value: string | number): this {
    this.#headers.add(name, String(value))
    return this.#touched(name)
  }

  /** One more field, before the first of that name. */
  prepend(name: string, value: string): this {
    this.#headers.prepend(name, value)
    return this.#touched(name)
  }

  remove(name: string): this {
    return this.#headers.remove(name) ? this.#touched(name) : this
  }

  /** Takes out the first value only: of `Via: a, b` the `a`. */
  removeFirst(name: string): this {
    return this.#headers.replaceFirst(name, undefined) ? this.#touched(name) : this
  }

  /** Changes the first value only; adds the header when it is absent. */
  setFirst(name: string, value: string): this {
    if (!this.#headers.replaceFirst(name, value)) this.#headers.prepend(name, value)
    return this.#touched(name)
  }

  get body(): Buffer {
    return this.#body
  }

  set body(body: Buffer | string) {
    this.#body = typeof body === 'string' ? Buffer.from(body, 'utf8') : body
    this.changed()
  }

  /** @throws HeaderUnusable */
  get callId(): string {
    return (this.#callId ??= this.#headers.get('Call-ID') ?? unusable('Call-ID'))
  }

  /** @throws HeaderUnusable */
  get cseq(): CSeq {
    return (this.#cseq ??= parseCSeq(this.#headers.get('CSeq') ?? '') ?? unusable('CSeq'))
  }

  /** @throws HeaderUnusable */
  get topVia(): Via {
    return (this.#topVia ??= parseVia(this.#headers.first('Via') ?? '') ?? unusable('Via'))
  }

  /** Replaces the first Via value. */
  set topVia(via: Via) {
    this.setFirst('Via', via.toString())
    this.#topVia = via
  }

  /** @throws HeaderUnusable */
  get vias(): Via[] {
    return this.#headers.values('Via').map((value) => parseVia(value) ?? unusable('Via'))
  }

  /** @throws HeaderUnusable */
  get from(): NameAddr {
    return (this.#from ??= parseNameAddr(this.#headers.get('From') ?? '') ?? unusable('From'))
  }

  /** @throws HeaderUnusable */
  get to(): NameAddr {
    return (this.#to ??= parseNameAddr(this.#headers.get('To') ?? '') ?? unusable('To'))
  }

  /** Empty when there is no Contact, and for `Contact: *`. @throws HeaderUnusable */
  get contacts(): readonly NameAddr[] {
    return (this.#contacts ??= this.isContactStar ? [] : this.addresses('Contact'))
  }

  /** `Contact: *`, which unregisters everything (RFC 3261 10.2.2). */
  get isContactStar(): boolean {
    return this.#headers.get('Contact') === '*'
  }

  /** All values of a name-addr header such as Route, Record-Route, Path. @throws HeaderUnusable */
  addresses(name: string): NameAddr[] {
    return this.#headers.values(name).map((value) => parseNameAddr(value) ?? unusable(name))
  }

  /** The media type in lower case without parameters. */
  get contentType(): string | undefined {
    return this.#headers.get('Content-Type')?.split(';', 1)[0]?.trim().toLowerCase()
  }

  /** Seconds, at most 2^32-1; undefined when absent or not a number. */
  get expires(): number | undefined {
    return this.seconds('Expires')
  }

  /** A delta-seconds header such as Expires or Min-Expires; a value too large to mean anything is 2^32-1. */
  seconds(name: string): number | undefined {
    const digits = /^\d+/.exec(this.#headers.get(name) ?? '')?.[0]
    return digits === undefined ? undefined : Math.min(Number(digits), 2 ** 32 - 1)
  }

  /** Undefined when absent or not a number. */
  get maxForwards(): number | undefined {
    const text = this.#headers.get('Max-Forwards')
    return text !== undefined && /^\d+$/.test(text) ? Math.min(Number(text), 255) : undefined
  }

  /** Reads what nearly every message is asked for, and keeps it. @throws HeaderUnusable naming the first bad header */
  readAddressing(): void {
    this.#topVia = this.topVia
    this.#cseq = this.cseq
    this.#from = this.from
    this.#to = this.to
    this.#contacts = this.contacts
  }

  /** The message on the wire; Content-Length always states the true length of the body. */
  toBuffer(): Buffer {
    return (this.#bytes ??= this.#write())
  }

  /** The message as text; bytes that are not UTF-8 are lost. */
  toString(): string {
    return this.toBuffer().toString('utf8')
  }

  protected get headerList(): HeaderList {
    return this.#headers
  }

  /** What was written before is no longer what goes on the wire. */
  protected changed(): void {
    this.#bytes = undefined
  }

  /** Forgets what was read from this header. */
  #touched(name: string): this {
    this.#bytes = undefined
    switch (knownHeader(name)?.name) {
      case 'Via':
        this.#topVia = undefined
        break
      case 'From':
        this.#from = undefined
        break
      case 'To':
        this.#to = undefined
        break
      case 'Call-ID':
        this.#callId = undefined
        break
      case 'CSeq':
        this.#cseq = undefined
        break
      case 'Contact':
        this.#contacts = undefined
        break
      default:
    }
    return this
  }

  #write(): Buffer {
    const length = `Content-Length: ${this.#body.length}\r\n\r\n`
    const head = `${this.startLine()}\r\n${writeFields(this.#headers.fields)}${length}`
    if (this.#body.length === 0) return Buffer.from(head, 'latin1')
    const bytes = Buffer.allocUnsafe(head.length + this.#body.length)
    bytes.write(head, 0, 'latin1')
    this.#body.copy(bytes, head.length)
    return bytes
  }
}

function unusable(name: string): never {
  throw new HeaderUnusable(name)
}

/** A body given as text or bytes. */
export function bodyBytes(body: string | Buffer | undefined): Buffer {
  if (body === undefined) return noBody
  return typeof body === 'string' ? Buffer.from(body, 'utf8') : body
}

export function headerListOf(init: HeaderInit | undefined): HeaderList {
  const list = new HeaderList([] as HeaderField[])
  if (!init) return list
  const pairs = Symbol.iterator in init ? (init as Iterable<readonly [string, string]>) : Object.entries(init)
  for (const [name, value] of pairs) {
    if (value === undefined) continue
    for (const each of typeof value === 'object' ? value : [String(value)]) list.add(name, each)
  }
  return list
}
