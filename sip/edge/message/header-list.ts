import { fieldName, fieldValue, makeField, type HeaderField } from './header-field.ts'
import { headerKind, knownHeader, type HeaderKind } from './header-names.ts'
import { splitList } from './split-list.ts'

/** The headers of a message, in order. Names in any case or compact form. */
export class HeaderList {
  #fields: HeaderField[]

  constructor(fields: HeaderField[]) {
    this.#fields = fields
  }

  get fields(): readonly HeaderField[] {
    return this.#fields
  }

  get(name: string): string | undefined {
    const field = this.#fields[this.#indexOf(name)]
    return field && fieldValue(field)
  }

  has(name: string): boolean {
    return this.#indexOf(name) >= 0
  }

  /** The first value; of a list, its first element. */
  first(name: string): string | undefined {
    const field = this.#fields[this.#indexOf(name)]
    if (!field) return undefined
    const value = fieldValue(field)
    return field.kind.isList && value.includes(',') ? splitList(value)[0] : value
  }

  values(name: string): string[] {
    const kind = headerKind(name)
    const values: string[] = []
    for (const field of this.#fields) {
      if (!isOf(field, kind)) continue
      const value = fieldValue(field)
      if (!kind.isList || !value.includes(',')) values.push(value)
      else for (const element of splitList(value)) if (element !== '') values.push(element)
    }
    return values
  }

  *entries(): Iterator<[name: string, value: string]> {
    for (const field of this.#fields) yield [fieldName(field), fieldValue(field)]
  }

  /** In the place of the first old one, else at the end. */
  set(name: string, values: readonly string[]): void {
    const at = this.#indexOf(name)
    const fresh = values.map((value) => makeField(name, value))
    if (at < 0) {
      this.#fields.push(...fresh)
      return
    }
    this.remove(name)
    this.#fields.splice(at, 0, ...fresh)
  }

  add(name: string, value: string): void {
    this.#fields.push(makeField(name, value))
  }

  /** Before the first one of that name, else at the top. */
  prepend(name: string, value: string): void {
    this.#fields.splice(Math.max(this.#indexOf(name), 0), 0, makeField(name, value))
  }

  /** False when there was none. */
  remove(name: string): boolean {
    const kind = headerKind(name)
    const before = this.#fields.length
    this.#fields = this.#fields.filter((field) => !isOf(field, kind))
    return this.#fields.length < before
  }

  /** Replaces the first value (of the first field's list); undefined takes it out. False when there is none. */
  replaceFirst(name: string, value: string | undefined): boolean {
    const at = this.#indexOf(name)
    const field = this.#fields[at]
    if (!field) return false
    const whole = field.kind.isList ? fieldValue(field) : ''
    const others = whole.includes(',') ? splitList(whole).slice(1) : []
    const left = value === undefined ? others : [value, ...others]
    if (left.length === 0) this.#fields.splice(at, 1)
    else this.#fields[at] = makeField(name, left.join(', '))
    return true
  }

  copy(): HeaderList {
    return new HeaderList([...this.#fields])
  }

  #indexOf(name: string): number {
    const kind = knownHeader(name)
    const fields = this.#fields
    if (kind) {
      for (let at = 0; at < fields.length; at++) if (fields[at]?.kind === kind) return at
      return -1
    }
    const lower = name.toLowerCase()
    return fields.findIndex((field) => field.kind.name === lower)
  }
}

/** Kinds of unknown headers are made for each field: those are the same by name. */
function isOf(field: HeaderField, kind: HeaderKind): boolean {
  return field.kind === kind || field.kind.name === kind.name
}
