import { checkMessage } from './check-message.ts'
import { fieldValue } from './header-field.ts'
import { HeaderList } from './header-list.ts'
import { headerBits } from './header-names.ts'
import { defaultMessageLimits, type MessageLimits } from './message-limits.ts'
import { statusForFault, type ParseFault } from './parse-fault.ts'
import { readHead, type Head } from './read-head.ts'
import { SipRequest } from './sip-request.ts'
import { SipResponse } from './sip-response.ts'

const contentLength = headerBits('Content-Length')

export type AnySipMessage = SipRequest | SipResponse

export type ParseOutcome =
  | { readonly ok: true; readonly message: AnySipMessage }
  /** `message` is there when RFC 3261 wants the request answered: make the answer with `SipResponse.to`. */
  | { readonly ok: false; readonly fault: ParseFault; readonly message?: SipRequest }

/**
 * Reads one datagram (RFC 3261 18.3): a body shorter than Content-Length is a fault, bytes after it are ignored, and
 * without Content-Length the body reaches to the end. The message keeps views of `bytes`.
 */
export function parseMessage(bytes: Buffer, limits: MessageLimits = defaultMessageLimits): ParseOutcome {
  const at = skipBlankLines(bytes)
  const head = readHead(bytes, at)
  if (head.start === undefined) return { ok: false, fault: head.fault }
  const length = contentLengthOf(head)
  const rest = bytes.length - head.bodyAt
  const expected = typeof length === 'number' ? length : rest
  const end = head.bodyAt + Math.min(expected, rest)
  const message = makeMessage(head, bytes, at, end, length === expected && rest >= expected)
  const fault = sizeFault(bytes.length, head, limits) ?? head.fault ?? (typeof length === 'object' ? length : undefined)
  if (fault) return refused(fault, message)
  if (expected > rest) return refused({ code: 'short-body', expected, got: rest }, message)
  return judged(message, head)
}

/**
 * Reads a message that need not be complete, such as what an application hands over on the control connection, where the
 * server fills in the rest. Undefined when there is no start line. Content-Length is ignored: the body reaches to the end.
 */
export function parseLoosely(bytes: Buffer): AnySipMessage | undefined {
  const at = skipBlankLines(bytes)
  const head = readHead(bytes, at)
  return head.start === undefined ? undefined : makeMessage(head, bytes, at, bytes.length, false)
}

/** A whole message of a stream: `bytes` end where its body ends. */
export function completeMessage(head: Head, bytes: Buffer): ParseOutcome {
  const message = makeMessage(head, bytes, 0, bytes.length, true)
  return head.fault ? refused(head.fault, message) : judged(message, head)
}

/** Content-Length; undefined when absent; a fault when it is no length or there are two. */
export function contentLengthOf(head: Head): number | ParseFault | undefined {
  let length: number | undefined
  for (const field of head.fields) {
    if (field.kind.bit !== contentLength) continue
    const value = fieldValue(field)
    if (length !== undefined) return { code: 'duplicate-header', header: field.kind.name }
    if (!/^\d{1,9}$/.test(value)) return { code: 'bad-header', header: field.kind.name, value }
    length = Number(value)
  }
  return length
}

/** RFC 3261 7.5: empty lines before the start line are ignored. */
export function skipBlankLines(bytes: Buffer, from = 0): number {
  let at = from
  while (bytes[at] === 0x0d || bytes[at] === 0x0a) at++
  return at
}

function makeMessage(head: Head, bytes: Buffer, at: number, end: number, isAsWritten: boolean): AnySipMessage {
  const { start, fields, bodyAt } = head
  const list = new HeaderList(fields)
  const body = bytes.subarray(Math.min(bodyAt, end), end)
  const whole = at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end)
  const written = isAsWritten ? whole : undefined
  if (start.kind === 'request') return new SipRequest(start.method, start.uri, list, body, written)
  return new SipResponse(start.status, start.reason, list, body, written)
}

function sizeFault(length: number, head: Head, limits: MessageLimits): ParseFault | undefined {
  if (length > limits.messageBytes) return { code: 'message-too-large', bytes: length, limit: limits.messageBytes }
  const isTooMany = head.fields.length > limits.headerFields
  if (head.bodyAt <= limits.headerBytes && !isTooMany) return undefined
  return { code: 'headers-too-large', bytes: head.bodyAt, limit: limits.headerBytes }
}

function judged(message: AnySipMessage, head: Head): ParseOutcome {
  const fault = checkMessage(message, head.fields)
  return fault ? refused(fault, message) : { ok: true, message }
}

/** Responses and ACK are never answered, and what is no SIP neither. */
export function refused(fault: ParseFault, message: AnySipMessage): ParseOutcome {
  const isAnswerable = message.kind === 'request' && message.method !== 'ACK' && statusForFault(fault) !== 'drop'
  return isAnswerable ? { ok: false, fault, message } : { ok: false, fault }
}
