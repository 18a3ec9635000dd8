import { isAscii } from 'node:buffer'
import { textOfBinary } from './binary-text.ts'
import { isBlank, tokenEnd } from './char-class.ts'
import { fieldName, fieldValue, makeField, unfold, type HeaderField } from './header-field.ts'
import { headerKind, knownHeaderAt } from './header-names.ts'
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

/** There is no start line to go by. */
export interface NoHead {
  readonly start: undefined
  readonly fault: ParseFault
}

/** Reads the message that starts at byte `at`, to the empty line. */
export function readHead(bytes: Buffer, at = 0): Head | NoHead {
  const text = bytes.toString('latin1')
  const eol = text.indexOf('\n', at)
  const line = text.slice(at, eol < 0 ? text.length : lineEnd(text, at, eol))
  const first = readStartLine(line)
  if (first.start === undefined) return { start: undefined, fault: first.fault }
  if (eol < 0)
    return { start: first.start, fields: [], bodyAt: text.length, fault: first.fault ?? { code: 'truncated' } }
  const rest = readFields(text, eol + 1, isAscii(bytes))
  return { start: first.start, fields: rest.fields, bodyAt: rest.bodyAt, fault: first.fault ?? rest.fault }
}

interface Fields {
  readonly fields: HeaderField[]
  readonly bodyAt: number
  readonly fault: ParseFault | undefined
}

function readFields(text: string, from: number, isAsciiText: boolean): Fields {
  const fields: HeaderField[] = []
  let fault: ParseFault | undefined
  for (let at = from, lines = 0; ; lines++) {
    if (lines > mostLines) return { fields, bodyAt: text.length, fault: tooManyLines(text) }
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
    const field = isFolded || end === eol ? readIrregular(text, at, end) : readField(text, at, end, isAsciiText)
    if (field) fields.push(field)
    else fault ??= { code: 'bad-line', line: text.slice(at, end) }
    at = eol + 1
  }
}

const cr = 0x0d

/** More header lines than this are not read, whatever the limits say. */
const mostLines = 1_024

function tooManyLines(text: string): ParseFault {
  return { code: 'headers-too-large', bytes: text.length, limit: mostLines }
}

/** A line may end in a bare LF: senders exist, and every other parser takes it. */
function lineEnd(text: string, start: number, eol: number): number {
  return eol > start && text.charCodeAt(eol - 1) === cr ? eol - 1 : eol
}

function readField(text: string, start: number, end: number, isAsciiText: boolean): HeaderField | undefined {
  const colon = text.indexOf(':', start)
  if (colon <= start || colon > end) return undefined
  // Another parser might take a lone CR for the end of the line, and the rest for a header.
  const lone = text.indexOf('\r', start)
  if (lone >= 0 && lone < end) return undefined
  let nameEnd = colon
  while (isBlank(text.charCodeAt(nameEnd - 1))) nameEnd--
  const known = knownHeaderAt(text, start, nameEnd)
  if (!known && tokenEnd(text, start) !== nameEnd) return undefined
  const kind = known ?? headerKind(text.slice(start, nameEnd))
  let valueStart = colon + 1
  while (valueStart < end && isBlank(text.charCodeAt(valueStart))) valueStart++
  let valueEnd = end
  while (valueEnd > valueStart && isBlank(text.charCodeAt(valueEnd - 1))) valueEnd--
  return { kind, source: text, start, valueStart, end: valueEnd, isAscii: isAsciiText }
}

/** A field that is folded or lacks its CR is made anew, on one line: so it is written when the message changes. */
function readIrregular(text: string, start: number, end: number): HeaderField | undefined {
  const line = unfold(text.slice(start, end))
  const field = readField(line, 0, line.length, false)
  return field && makeField(fieldName(field), fieldValue(field))
}

const statusLine = /^SIP\/2\.0 ([1-6]\d\d)(?: (.*))?$/i
const versionPattern = /^SIP\/\d+\.\d+$/i

type StartLineRead =
  { readonly start: StartLine; readonly fault?: ParseFault } | { readonly start: undefined; readonly fault: ParseFault }

function readStartLine(line: string): StartLineRead {
  const methodEnd = tokenEnd(line, 0)
  const uriEnd = line.indexOf(' ', methodEnd + 1)
  if (line.includes('\r'))
    return { start: undefined, fault: { code: 'not-sip', detail: 'a lone CR in the start line' } }
  if (methodEnd === 3 && line.charCodeAt(3) === slash && /^SIP/i.test(line)) return readStatusLine(line)
  if (methodEnd === 0 || line.charCodeAt(methodEnd) !== space || uriEnd <= methodEnd + 1) return readBrokenLine(line)
  const version = line.slice(uriEnd + 1)
  const isCurrent = version === 'SIP/2.0' || version.toUpperCase() === 'SIP/2.0'
  if (!isCurrent && !versionPattern.test(version)) return readBrokenLine(line)
  const uri = textOfBinary(line.slice(methodEnd + 1, uriEnd))
  const start: StartLine = { kind: 'request', method: line.slice(0, methodEnd), uri }
  return isCurrent ? { start } : { start, fault: { code: 'bad-version', version } }
}

const space = 0x20
const slash = 0x2f

function readStatusLine(line: string): StartLineRead {
  const status = statusLine.exec(line)
  if (!status) return { start: undefined, fault: { code: 'bad-status', line } }
  return { start: { kind: 'response', status: Number(status[1]), reason: textOfBinary(status[2] ?? '').trim() } }
}

/** A line that is meant as a request line but is not well-formed still names the method, so that it can be answered. */
function readBrokenLine(line: string): StartLineRead {
  const words = line.trim().split(/\s+/)
  const method = words[0] ?? ''
  const isMeant = words.length > 2 && versionPattern.test(words.at(-1) ?? '') && isToken(method)
  if (!isMeant) return { start: undefined, fault: { code: 'not-sip', detail: 'no start line' } }
  const start: StartLine = { kind: 'request', method, uri: textOfBinary(words.slice(1, -1).join(' ')) }
  return { start, fault: { code: 'bad-start-line', line } }
}
