import type { SipRequest } from './sip-request.ts'

/**
 * Notes in the top Via where a request really came from: `received` when it differs from what the sender states (RFC 3261
 * 18.2.1), and with a filled `rport` when the sender asked for that (RFC 3581 4). `address` without brackets.
 */
export function stampReceived(request: SipRequest, address: string, port: number): void {
  const via = request.topVia
  const wantsPort = via.params.has('rport')
  if (!wantsPort && (via.host === address || via.host === `[${address}]`)) return
  const received = via.params.with('received', address)
  request.topVia = via.with({ params: wantsPort ? received.with('rport', port) : received })
}
