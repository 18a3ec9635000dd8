import { parseNameAddr, type NameAddr } from '../message/name-addr.ts'
import { SipRequest } from '../message/sip-request.ts'
import type { Dialog } from './dialog.ts'

export interface DialogRequestParts {
  readonly method: string
  readonly seq: number
  /** Written by the application or needed by the method; none of those that the dialog itself determines. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly body?: Buffer
}

/** A request within a dialog, still without Via (RFC 3261 12.2.1.1). */
export function makeDialogRequest(dialog: Dialog, parts: DialogRequestParts): SipRequest {
  const { uri, routes } = routing(dialog)
  const headers: [string, string][] = [
    ...routes.map((route): [string, string] => ['Route', route]),
    ['Max-Forwards', '70'],
    ['From', dialog.localParty],
    ['To', dialog.remoteParty],
    ['Call-ID', dialog.callId],
    ['CSeq', `${parts.seq} ${parts.method}`],
  ]
  for (const [name, value] of parts.headers ?? []) headers.push([name, value])
  return SipRequest.create({ method: parts.method, uri, headers, ...(parts.body && { body: parts.body }) })
}

/** Request-URI and Route: a first route without `lr` is a strict router and takes the Request-URI's place. */
function routing(dialog: Dialog): { readonly uri: string; readonly routes: readonly string[] } {
  const [first, ...others] = dialog.routeSet
  const strict = first === undefined ? undefined : strictRouter(parseNameAddr(first))
  if (!strict) return { uri: dialog.remoteTarget, routes: dialog.routeSet }
  return { uri: strict, routes: [...others, `<${dialog.remoteTarget}>`] }
}

function strictRouter(route: NameAddr | undefined): string | undefined {
  return !route?.sip || route.sip.params.has('lr') ? undefined : route.uri
}
