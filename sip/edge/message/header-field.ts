import { binaryOfText, textOfBinary } from './binary-text.ts'
import { isPrintable } from './char-class.ts'
import { headerKind, knownHeader, type HeaderKind } from './header-names.ts'
import { isToken } from './quoting.ts'

/** One header field: where its text stands in a binary string, on one line. Immutable, so messages share fields. */
export interface HeaderField {
  readonly kind: HeaderKind
  readonly source: string
  /** Offsets in `source`: the name's first character, the value's first, and the end of the value. */
  readonly start: number
  readonly valueStart: number
  readonly end: number
  /** False when bytes beyond ASCII may be in it. */
  readonly isAscii: boolean
}

/** A new field, its name in canonical spelling; line breaks in the value become a space, so none can smuggle a header in. */
export function makeField(name: string, value: string): HeaderField {
  const known = knownHeader(name)
  const written = known?.name ?? name
  if (!known && !isToken(name)) throw new TypeError(`${JSON.stringify(name)} is no name for a header`)
  const isPlain = isPrintable(value)
  const source = `${written}: ${isPlain ? value : binaryOfText(onOneLine(value))}`
  const valueStart = written.length + 2
  return { kind: known ?? headerKind(name), source, start: 0, valueStart, end: source.length, isAscii: isPlain }
}

/** A text that must not reach beyond its line, as bytes. */
export function binaryOfLine(text: string): string {
  return isPrintable(text) ? text : binaryOfText(onOneLine(text))
}

function onOneLine(value: string): string {
  return joinedLines(value.split(/[\r\n]+/))
}

/** The value as text. */
export function fieldValue(field: HeaderField): string {
  const binary = field.source.slice(field.valueStart, field.end)
  return field.isAscii ? binary : textOfBinary(binary)
}

/** The name: canonical when known, else as it was written. */
export function fieldName(field: HeaderField): string {
  const known = knownHeader(field.kind.name)
  if (known) return known.name
  return field.source.slice(field.start, field.source.indexOf(':', field.start)).trimEnd()
}

/** A folded value on one line. */
export function unfold(binary: string): string {
  return joinedLines(binary.split(/\r?\n/))
}

function joinedLines(lines: readonly string[]): string {
  return lines
    .map((line) => line.trim())
    .join(' ')
    .trim()
}
