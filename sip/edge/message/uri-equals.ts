import { parseUri, type SipUri } from './sip-uri.ts'

/** Parameters that make URIs differ even when only one of them has it (RFC 3261 19.1.4). */
const decisive = ['user', 'ttl', 'method', 'maddr', 'transport']

/** Whether two SIP URIs mean the same resource (RFC 3261 19.1.4). Other schemes are compared letter by letter. */
export function uriEquals(left: SipUri | string, right: SipUri | string): boolean {
  const a = typeof left === 'string' ? parseUri(left) : left
  const b = typeof right === 'string' ? parseUri(right) : right
  if (!a || !b) return String(left) === String(right)
  return (
    a.scheme === b.scheme &&
    a.user === b.user &&
    a.password === b.password &&
    a.host.toLowerCase() === b.host.toLowerCase() &&
    a.port === b.port &&
    paramsEqual(a, b) &&
    headersEqual(a.headers, b.headers)
  )
}

function paramsEqual(a: SipUri, b: SipUri): boolean {
  if (a.params.size === 0 && b.params.size === 0) return true
  if (decisive.some((name) => a.params.has(name) !== b.params.has(name))) return false
  for (const [name, value] of a.params) {
    const other = b.params.get(name)
    if (other !== undefined && decoded(other) !== decoded(value)) return false
  }
  return true
}

/** Header components are never ignored, but their order does not matter. */
function headersEqual(a: string, b: string): boolean {
  if (a === b) return true
  const left = normalHeaders(a)
  const right = normalHeaders(b)
  return left.length === right.length && left.every((each, index) => each === right[index])
}

function normalHeaders(headers: string): string[] {
  const pairs = headers.split('&').filter((pair) => pair !== '')
  return pairs
    .map((pair) => {
      const equals = pair.indexOf('=')
      const name = equals < 0 ? pair : pair.slice(0, equals)
      return `${decoded(name)}=${equals < 0 ? '' : decoded(pair.slice(equals + 1))}`
    })
    .sort()
}

/** Escapes resolved; everything but the user part is compared in any case. */
function decoded(text: string): string {
  const plain = text.replace(/%([\dA-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return plain.toLowerCase()
}
