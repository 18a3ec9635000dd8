import type { Dialog } from '../dialog/dialog.ts'
import { makeDialogRequest } from '../dialog/dialog-request.ts'
import type { SipRequest } from '../message/sip-request.ts'
import type { EdgeContext } from './edge-context.ts'
import type { RequestRoute } from './request-router.ts'
import { routeInDialog, sendWithoutTransaction, stampVia } from './send-request.ts'

/** Sends the ACK of a 2xx and keeps it for repetitions (RFC 3261 13.2.2.4). Returns it with its way. */
export async function acknowledge(
  context: EdgeContext,
  dialog: Dialog,
  content: { readonly headers?: readonly (readonly [string, string])[]; readonly body?: Buffer } = {},
): Promise<{ readonly ack: SipRequest; readonly route: RequestRoute }> {
  const seq = dialog.answeredInvite?.seq ?? dialog.localSeq
  const ack = makeDialogRequest(dialog, { method: 'ACK', seq, ...content })
  const route = await routeInDialog(context, dialog, ack)
  stampVia(ack, route)
  sendWithoutTransaction(context, ack, route)
  dialog.answeredInvite = { seq, ack: { outlet: route.outlet, bytes: ack.toBuffer() } }
  return { ack, route }
}
