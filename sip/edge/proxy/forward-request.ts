import type { SipRequest } from '../message/sip-request.ts'

/** What the application cannot change in what it has forwarded. */
const kept: ReadonlySet<string> = new Set([
  'Via',
  'From',
  'To',
  'Call-ID',
  'CSeq',
  'Content-Length',
  'Max-Forwards',
  'Record-Route',
])

/** The request as it is forwarded to `uri`, still without our Via (RFC 3261 16.6). */
export function makeForwarded(
  request: SipRequest,
  options: { readonly uri?: string; readonly headers?: readonly (readonly [name: string, value: string])[] },
): SipRequest {
  const forward = request.clone()
  if (options.uri !== undefined) forward.uri = options.uri
  forward.set('Max-Forwards', (request.maxForwards ?? 71) - 1)
  for (const [name, value] of options.headers ?? []) if (!kept.has(name)) forward.set(name, value)
  return forward
}

/** Takes off the leading Route entries that `isOurs` knows: a phone was told to send everything here (RFC 3261 16.4). */
export function stripOwnRoutes(request: SipRequest, isOurs: (host: string, port: number) => boolean): SipRequest {
  const stripped = request.clone()
  for (let first = stripped.addresses('Route')[0]?.sip; first; first = stripped.addresses('Route')[0]?.sip) {
    if (!isOurs(first.address, first.port ?? 5060)) break
    stripped.removeFirst('Route')
  }
  return stripped
}
