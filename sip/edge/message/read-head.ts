import { textOfBinary } from './binary-text.ts'
import { makeField, unfold, type HeaderField } from './header-field.ts'
import { knownHeaderName } from './header-names.ts'
import type { ParseFault } from './parse-fault.ts'
import { isToken } from './quoting.ts'

export type StartLine =
  | { readonly kind: 'request'; readonly method: string; readonly uri: string }
  | { readonly kind: 'response'; readonly status: number; readonly reason: string }

/** The header section of a message, split into fields but not understood. */
export interface Head {
  readonly start: StartLine
  readonly fields: HeaderField[]
  /** Where the body begins: a byte offset, since the text has one character a byte. */
  readonly bodyAt: number
  /** The first thing wrong with it. */
  readonly fault: ParseFault | undefined
}

/** Reads from `at` to the empty line. A fault alone means that there is no start line to go by. */
export function readHead(text: string, at = 0): Head | { readonly start: undefined; readonly fault: ParseFault } {
  const eol = text.indexOf('\n', at)
  const line = text.slice(at, eol < 0 ? text.length : lineEnd(text, at, eol))
  const first = readStartLine(line)
  if (first.start === undefined) return { start: undefined, fault: first.fault }
  if (eol < 0)
    return { start: first.start, fields: [], bodyAt: text.length, fault: first.fault ?? { code: 'truncated' } }
  const rest = readFields(text, eol + 1)
  return { start: first.start, fields: rest.fields, bodyAt: rest.bodyAt, fault: first.fault ?? rest.fault }
}

interface Fields {
  readonly fields: HeaderField[]
  readonly bodyAt: number
  readonly fault: ParseFault | undefined
}

function readFields(text: string, from: number): Fields {
  const fields: HeaderField[] = []
  let fault: ParseFault | undefined
  for (let at = from; ;) {
    let eol = text.indexOf('\n', at)
    if (eol < 0) return { fields, bodyAt: text.length, fault: fault ?? { code: 'truncated' } }
    if (eol === at || (eol === at + 1 && text.charCodeAt(at) === cr)) return { fields, bodyAt: eol + 1, fault }
    let isFolded = false
    while (isBlank(text.charCodeAt(eol + 1))) {
      const next = text.indexOf('\n', eol + 1)
      if (next < 0) return { fields, bodyAt: text.length, fault: fault ?? { code: 'truncated' } }
      isFolded = true
      eol = next
    }
    const end = lineEnd(text, at, eol)
    const field = readField(text, at, end, isFolded || end === eol)
    if (field) fields.push(field)
    else fault ??= { code: 'bad-line', line: text.slice(at, end) }
    at = eol + 1
  }
}

const cr = 0x0d

function isBlank(char: number): boolean {
  return char === 0x20 || char === 0x09
}

/** A line may end in a bare LF: senders exist, and every other parser takes it. */
function lineEnd(text: string, start: number, eol: number): number {
  return eol > start && text.charCodeAt(eol - 1) === cr ? eol - 1 : eol
}

/** `isIrregular`: the field is folded or lacks its CR, so that it must be written anew when the message changes. */
function readField(text: string, start: number, end: number, isIrregular: boolean): HeaderField | undefined {
  const colon = text.indexOf(':', start)
  if (colon <= start || colon > end) return undefined
  let nameEnd = colon
  while (isBlank(text.charCodeAt(nameEnd - 1))) nameEnd--
  const name = text.slice(start, nameEnd)
  const known = knownHeaderName(name)
  if (known === undefined && !isToken(name)) return undefined
  if (isIrregular) return makeField(name, textOfBinary(unfold(text.slice(colon + 1, end))))
  let valueStart = colon + 1
  while (valueStart < end && isBlank(text.charCodeAt(valueStart))) valueStart++
  let valueEnd = end
  while (valueEnd > valueStart && isBlank(text.charCodeAt(valueEnd - 1))) valueEnd--
  return { key: known ?? name.toLowerCase(), source: text, start, valueStart, end: valueEnd }
}

const requestLine = /^([A-Za-z0-9\-.!%*_+`'~]+) (\S+) (SIP\/\d+\.\d+)$/i
const statusLine = /^SIP\/2\.0 ([1-6]\d\d)(?: (.*))?$/i

type StartLineRead =
  { readonly start: StartLine; readonly fault?: ParseFault } | { readonly start: undefined; readonly fault: ParseFault }

function readStartLine(line: string): StartLineRead {
  const request = requestLine.exec(line)
  if (request) {
    const [, method = '', uri = '', version = ''] = request
    const start: StartLine = { kind: 'request', method, uri: textOfBinary(uri) }
    return version.toUpperCase() === 'SIP/2.0' ? { start } : { start, fault: { code: 'bad-version', version } }
  }
  if (/^SIP\//i.test(line)) {
    const status = statusLine.exec(line)
    if (!status) return { start: undefined, fault: { code: 'bad-status', line } }
    return { start: { kind: 'response', status: Number(status[1]), reason: textOfBinary(status[2] ?? '') } }
  }
  return readBrokenRequestLine(line)
}

/** A line that is meant as a request line but is not well-formed still names the method, so that it can be answered. */
function readBrokenRequestLine(line: string): StartLineRead {
  const broken = /^\s*([A-Za-z0-9\-.!%*_+`'~]+)\s+(\S.*?)\s*SIP\/\d+\.\d+\s*$/i.exec(line)
  if (!broken) return { start: undefined, fault: { code: 'not-sip', detail: 'no start line' } }
  const start: StartLine = { kind: 'request', method: broken[1] ?? '', uri: textOfBinary(broken[2] ?? '') }
  return { start, fault: { code: 'bad-start-line', line } }
}
