import type { HeaderField } from './header-field.ts'
import { headerBits } from './header-names.ts'
import type { ParseFault } from './parse-fault.ts'
import { HeaderUnusable, type SipMessage } from './sip-message.ts'
import { uriScheme } from './sip-uri.ts'
import type { SipRequest } from './sip-request.ts'
import type { SipResponse } from './sip-response.ts'

const mandatoryNames = ['Via', 'From', 'To', 'Call-ID', 'CSeq'] as const
const mandatory = headerBits(...mandatoryNames)

/** Headers of which a message has at most one field (RFC 3261 7.3.1). */
const single = headerBits(
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
)

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
  let seen = 0
  for (const { kind } of fields) {
    if (seen & kind.bit & single) return { code: 'duplicate-header', header: kind.name }
    seen |= kind.bit
  }
  if ((seen & mandatory) === mandatory) return undefined
  const missing = mandatoryNames.find((name) => (seen & headerBits(name)) === 0)
  return { code: 'missing-header', header: missing ?? 'Via' }
}

function checkHeaders(message: SipMessage): ParseFault | undefined {
  const callId = message.callId
  if (callId === '' || /\s/.test(callId)) return bad('Call-ID', message)
  const malformed = unparsedHeader(message)
  if (malformed) return bad(malformed, message)
  if (message.has('Max-Forwards') && message.maxForwards === undefined) return bad('Max-Forwards', message)
  return undefined
}

function unparsedHeader(message: SipMessage): string | undefined {
  try {
    message.readAddressing()
    return undefined
  } catch (thrown) {
    if (thrown instanceof HeaderUnusable) return thrown.header
    throw thrown
  }
}

function bad(header: string, message: SipMessage): ParseFault {
  return { code: 'bad-header', header, value: message.get(header) ?? '' }
}

function checkMethod({ method, cseq }: SipRequest): ParseFault | undefined {
  return cseq.method === method ? undefined : { code: 'method-mismatch', method, cseqMethod: cseq.method }
}

/** Headers in a Request-URI are not allowed (RFC 3261 19.1.1). */
function checkRequestUri(request: SipRequest): ParseFault | undefined {
  const sip = request.sipUri
  if (sip) return sip.headers === '' ? undefined : { code: 'bad-uri', uri: request.uri }
  const scheme = uriScheme(request.uri)
  if (scheme === undefined || scheme === 'sip' || scheme === 'sips') return { code: 'bad-uri', uri: request.uri }
  return knownSchemes.has(scheme) ? undefined : { code: 'unknown-scheme', scheme }
}
