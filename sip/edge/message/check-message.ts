import { parseCSeq } from './cseq.ts'
import type { HeaderField } from './header-field.ts'
import type { ParseFault } from './parse-fault.ts'
import { HeaderUnusable, type SipMessage } from './sip-message.ts'
import { uriScheme } from './sip-uri.ts'
import type { SipRequest } from './sip-request.ts'
import type { SipResponse } from './sip-response.ts'

const mandatory = ['Via', 'From', 'To', 'Call-ID', 'CSeq'] as const

/** Headers of which a message has at most one field (RFC 3261 7.3.1). */
const single: ReadonlySet<string> = new Set([
  'From',
  'To',
  'Call-ID',
  'CSeq',
  'Max-Forwards',
  'Content-Length',
  'Content-Type',
  'Expires',
  'Event',
  'Refer-To',
])

/** Request-URI schemes that some part of the exchange can do something with (RFC 3261, 3966, 5031). */
const knownSchemes: ReadonlySet<string> = new Set(['sip', 'sips', 'tel', 'urn'])

/** The first thing that RFC 3261 does not allow in a message whose header section could be split; undefined: it is fine. */
export function checkMessage(
  message: SipRequest | SipResponse,
  fields: readonly HeaderField[],
): ParseFault | undefined {
  const fault = checkPresence(fields) ?? checkHeaders(message)
  if (fault || message.kind === 'response') return fault
  return checkMethod(message) ?? checkRequestUri(message)
}

function checkPresence(fields: readonly HeaderField[]): ParseFault | undefined {
  const seen = new Set<string>()
  for (const { key } of fields) {
    if (seen.has(key) && single.has(key)) return { code: 'duplicate-header', header: key }
    seen.add(key)
  }
  for (const header of mandatory) if (!seen.has(header)) return { code: 'missing-header', header }
  return undefined
}

function checkHeaders(message: SipMessage): ParseFault | undefined {
  const callId = message.callId
  if (callId === '' || /\s/.test(callId)) return bad('Call-ID', message)
  if (!parses(() => message.topVia)) return bad('Via', message)
  if (!parses(() => message.cseq)) return bad('CSeq', message)
  if (!parses(() => message.from)) return bad('From', message)
  if (!parses(() => message.to)) return bad('To', message)
  if (!parses(() => message.contacts)) return bad('Contact', message)
  if (message.has('Max-Forwards') && message.maxForwards === undefined) return bad('Max-Forwards', message)
  return undefined
}

function parses(read: () => unknown): boolean {
  try {
    read()
    return true
  } catch (thrown) {
    if (thrown instanceof HeaderUnusable) return false
    throw thrown
  }
}

function bad(header: string, message: SipMessage): ParseFault {
  return { code: 'bad-header', header, value: message.get(header) ?? '' }
}

function checkMethod(request: SipRequest): ParseFault | undefined {
  const cseqMethod = parseCSeq(request.get('CSeq') ?? '')?.method ?? ''
  return cseqMethod === request.method ? undefined : { code: 'method-mismatch', method: request.method, cseqMethod }
}

/** Headers in a Request-URI are not allowed (RFC 3261 19.1.1). */
function checkRequestUri(request: SipRequest): ParseFault | undefined {
  const sip = request.sipUri
  if (sip) return sip.headers === '' ? undefined : { code: 'bad-uri', uri: request.uri }
  const scheme = uriScheme(request.uri)
  if (scheme === undefined || scheme === 'sip' || scheme === 'sips') return { code: 'bad-uri', uri: request.uri }
  return knownSchemes.has(scheme) ? undefined : { code: 'unknown-scheme', scheme }
}
