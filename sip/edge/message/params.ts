import { isToken, quote, unquote } from './quoting.ts'
import { splitList } from './split-list.ts'

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
    const wanted = name.toLowerCase()
    for (const entry of this.#entries) if (entry.name.toLowerCase() === wanted) return entry
    return undefined
  }
}

/** An IPv6 address, bare (Via's received) or in brackets. */
const isAddress = /^\[?[0-9A-Fa-f:.]+\]?$/

function writtenValue(value: string): string {
  return isToken(value) || isAddress.test(value) ? value : quote(value)
}

/** Reads `a=1;b;c="x;y"`, with or without a leading semicolon; undefined when an element is empty or nameless. */
export function parseParams(text: string): Params | undefined {
  if (text === '') return Params.none
  const entries: Param[] = []
  for (const element of splitList(text.charCodeAt(0) === 0x3b ? text.slice(1) : text, ';')) {
    const equals = element.indexOf('=')
    if (equals < 0) {
      if (!isToken(element)) return undefined
      entries.push({ name: element, value: undefined })
      continue
    }
    const name = element.slice(0, equals).trimEnd()
    const value = element.slice(equals + 1).trimStart()
    if (!isToken(name) || !isParamValue(value)) return undefined
    entries.push({ name, value })
  }
  return new Params(entries)
}

/** RFC 3261 25.1 gen-value (token, host or quoted-string), read widely: anything without quotes and separators. */
function isParamValue(value: string): boolean {
  return /^(?:[^\s",;<>]*|"(?:[^"\\]|\\[^])*")$/.test(value)
}
