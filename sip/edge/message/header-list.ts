import { fieldName, fieldValue, makeField, type HeaderField } from './header-field.ts'
import { headerKey, isListHeader, knownHeaderName } from './header-names.ts'
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

  find(key: string): HeaderField | undefined {
    for (const field of this.#fields) if (field.key === key) return field
    return undefined
  }

  get(name: string): string | undefined {
    const field = this.find(headerKey(name))
    return field && fieldValue(field)
  }

  has(name: string): boolean {
    return this.find(headerKey(name)) !== undefined
  }

  values(name: string): string[] {
    const key = headerKey(name)
    const values: string[] = []
    for (const field of this.#fields) {
      if (field.key !== key) continue
      if (!isListHeader(key)) values.push(fieldValue(field))
      else for (const value of splitList(fieldValue(field))) if (value !== '') values.push(value)
    }
    return values
  }

  *entries(): Iterator<[name: string, value: string]> {
    for (const field of this.#fields) yield [knownHeaderName(field.key) ?? fieldName(field), fieldValue(field)]
  }

  /** In the place of the first old one, else at the end. */
  set(name: string, values: readonly string[]): void {
    const key = headerKey(name)
    const at = this.#fields.findIndex((field) => field.key === key)
    const fresh = values.map((value) => makeField(name, value))
    if (at < 0) {
      this.#fields.push(...fresh)
      return
    }
    this.#fields = this.#fields.filter((field) => field.key !== key)
    this.#fields.splice(at, 0, ...fresh)
  }

  add(name: string, value: string): void {
    this.#fields.push(makeField(name, value))
  }

  /** Before the first one of that name, else at the top. */
  prepend(name: string, value: string): void {
    const key = headerKey(name)
    const at = this.#fields.findIndex((field) => field.key === key)
    this.#fields.splice(Math.max(at, 0), 0, makeField(name, value))
  }

  remove(name: string): boolean {
    const key = headerKey(name)
    const before = this.#fields.length
    this.#fields = this.#fields.filter((field) => field.key !== key)
    return this.#fields.length < before
  }

  /** Replaces the first value (of the first field's list); undefined takes it out. False when there is none. */
  replaceFirst(name: string, value: string | undefined): boolean {
    const key = headerKey(name)
    const at = this.#fields.findIndex((field) => field.key === key)
    const field = this.#fields[at]
    if (!field) return false
    const others = isListHeader(key) ? splitList(fieldValue(field)).slice(1) : []
    const left = value === undefined ? others : [value, ...others]
    this.#fields.splice(at, 1, ...(left.length === 0 ? [] : [makeField(name, left.join(', '))]))
    return true
  }

  append(field: HeaderField): void {
    this.#fields.push(field)
  }

  copy(): HeaderList {
    return new HeaderList([...this.#fields])
  }
}
