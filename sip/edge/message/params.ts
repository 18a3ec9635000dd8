import { skipBlanks, tokenEnd } from './char-class.ts'
import { closingQuote, isToken, quote, unquote } from './quoting.ts'

interface Param {
  readonly name: string
  /** As written, quotes included; undefined for a parameter without a value. */
  readonly value: string | undefined
}

/** Parameters of a header value or a URI, in their order; immutable. Names are found in any case. */
export class Params {
  static readonly none = new Params([])
  readonly #entries: readonly Param[]

  constructor(entries: readonly Param[]) {
    this.#entries = entries
  }

  /** The value without its quotes; '' for a parameter without a value; undefined when it is absent. */
  get(name: string): string | undefined {
    const found = this.#find(name)
    return found && (found.value === undefined ? '' : unquote(found.value))
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined
  }

  /** A copy in which `name` has this value (quoted if need be; true: no value), in its old place or at the end. */
  with(name: string, value: string | number | true): Params {
    const entry = { name, value: value === true ? undefined : writtenValue(String(value)) }
    const old = this.#find(name)
    if (!old) return new Params([...this.#entries, entry])
    return new Params(this.#entries.map((each) => (each === old ? entry : each)))
  }

  without(name: string): Params {
    const wanted = name.toLowerCase()
    return new Params(this.#entries.filter((each) => each.name.toLowerCase() !== wanted))
  }

  get size(): number {
    return this.#entries.length
  }

  *[Symbol.iterator](): Iterator<[name: string, value: string]> {
    for (const { name, value } of this.#entries) yield [name, value === undefined ? '' : unquote(value)]
  }

  /** `;name=value;name`, empty when there are none. */
  toString(): string {
    let text = ''
    for (const { name, value } of this.#entries) text += value === undefined ? `;${name}` : `;${name}=${value}`
    return text
  }

  #find(name: string): Param | undefined {
    for (const entry of this.#entries) if (entry.name === name) return entry
    for (const entry of this.#entries) {
      if (entry.name.length === name.length && entry.name.toLowerCase() === name.toLowerCase()) return entry
    }
    return undefined
  }
}

/** An IPv6 address, bare (Via's received) or in brackets. */
const isAddress = /^\[?[0-9A-Fa-f:.]+\]?$/

function writtenValue(value: string): string {
  return isToken(value) || isAddress.test(value) ? value : quote(value)
}

/** Reads `a=1;b;c="x;y"` from `from` on, with or without a leading semicolon; undefined when it is anything else. */
export function parseParams(text: string, from = 0): Params | undefined {
  let at = skipBlanks(text, from)
  if (at === text.length) return Params.none
  if (text.charCodeAt(at) === semicolon) at++
  const entries: Param[] = []
  for (;;) {
    const nameStart = skipBlanks(text, at)
    const nameEnd = tokenEnd(text, nameStart)
    if (nameEnd === nameStart) return undefined
    const name = text.slice(nameStart, nameEnd)
    at = skipBlanks(text, nameEnd)
    let value: string | undefined
    if (text.charCodeAt(at) === equals) {
      const valueStart = skipBlanks(text, at + 1)
      const valueEnd = endOfValue(text, valueStart)
      if (valueEnd < 0) return undefined
      value = text.slice(valueStart, valueEnd)
      at = skipBlanks(text, valueEnd)
    }
    entries.push({ name, value })
    if (at >= text.length) return new Params(entries)
    if (text.charCodeAt(at++) !== semicolon) return undefined
  }
}

const semicolon = 0x3b
const equals = 0x3d
const doubleQuote = 0x22

/** RFC 3261 25.1 gen-value (token, host or quoted-string), read widely: anything up to a blank or a separator; -1: bad. */
function endOfValue(text: string, from: number): number {
  if (text.charCodeAt(from) === doubleQuote) return closingQuote(text, from) + 1 || -1
  let at = from
  while (at < text.length && !endsValue(text.charCodeAt(at))) at++
  return at
}

function endsValue(char: number): boolean {
  return char <= 0x20 || char === semicolon || char === doubleQuote || char === 0x2c || char === 0x3c || char === 0x3e
}
