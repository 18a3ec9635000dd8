import { binaryOfText, textOfBinary } from './binary-text.ts'
import { headerKey, knownHeaderName } from './header-names.ts'

/** One header field: where its text stands in a binary string, on one line. Immutable, so messages share fields. */
export interface HeaderField {
  /** As from `headerKey`. */
  readonly key: string
  readonly source: string
  /** Offsets in `source`: the name's first character, the value's first, and the end of the field without its CRLF. */
  readonly start: number
  readonly valueStart: number
  readonly end: number
}

/** A new field, its name in canonical spelling; line breaks in the value become a space, so none can smuggle a header in. */
export function makeField(name: string, value: string): HeaderField {
  const known = knownHeaderName(name)
  const written = known ?? name
  const clean = /[\r\n]/.test(value) ? value.replace(/\s*[\r\n]+\s*/g, ' ') : value
  const source = `${written}: ${binaryOfText(clean)}`
  return {
    key: known ?? headerKey(name),
    source,
    start: 0,
    valueStart: written.length + 2,
    end: source.length,
  }
}

/** The value as text. */
export function fieldValue(field: HeaderField): string {
  return textOfBinary(field.source.slice(field.valueStart, field.end))
}

/** The name as it was written. */
export function fieldName(field: HeaderField): string {
  const colon = field.source.indexOf(':', field.start)
  return field.source.slice(field.start, colon).trimEnd()
}

export function unfold(binary: string): string {
  return binary.replace(/[ \t]*\r?\n[ \t]+/g, ' ').trim()
}

/** The fields as they go on the wire, each ending in CRLF. Fields that stand together in their source are taken in one piece. */
export function writeFields(fields: readonly HeaderField[]): string {
  let text = ''
  for (let at = 0; at < fields.length;) {
    const first = fields[at++] as HeaderField
    let end = first.end
    for (let next = fields[at]; next?.source === first.source && next.start === end + 2; next = fields[++at]) {
      end = next.end
    }
    text += first.source.slice(first.start, end) + '\r\n'
  }
  return text
}
