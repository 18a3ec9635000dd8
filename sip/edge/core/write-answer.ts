import { binaryOfLine, makeField } from '../message/header-field.ts'
import { headerBits } from '../message/header-names.ts'
import { reasonPhrase } from '../message/reason-phrases.ts'
import type { SipRequest } from '../message/sip-request.ts'
import type { LocalAnswer } from './intercept.ts'
import { newTag } from './tokens.ts'

const copied = headerBits('Via', 'From', 'Call-ID', 'CSeq')
const toBit = headerBits('To')

/**
 * The bytes of an answer whose headers nobody will look at again: what `makeAnswer` makes, without the message in between.
 * Registrations are answered so, a thousand times a second.
 */
export function writeAnswer(request: SipRequest, answer: LocalAnswer): Buffer {
  const { status, reason = reasonPhrase(status), headers, body } = answer
  let head = `SIP/2.0 ${status} ${binaryOfLine(reason)}\r\n`
  for (const { kind, source, start, end } of request.fields) {
    if (kind.bit & copied) head += `${source.slice(start, end)}\r\n`
    else if (kind.bit & toBit) head += `${source.slice(start, end)}${ourTag(request)}\r\n`
  }
  for (const [name, value] of headers) head += `${makeField(name, value).source}\r\n`
  head += `Content-Length: ${body?.length ?? 0}\r\n\r\n`
  const bytes = Buffer.from(head, 'latin1')
  return body ? Buffer.concat([bytes, body]) : bytes
}

function ourTag(request: SipRequest): string {
  return request.to.tag === undefined ? `;tag=${newTag()}` : ''
}
