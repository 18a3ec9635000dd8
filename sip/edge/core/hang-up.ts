import type { Dialog } from '../dialog/dialog.ts'
import { makeDialogRequest } from '../dialog/dialog-request.ts'
import type { EdgeContext } from './edge-context.ts'
import { metaOfRequest } from './frame-metas.ts'
import { routeInDialog, sendInTransaction, stampVia } from './send-request.ts'

/** Nobody waits for the answer to a BYE of ours. */
const nobody = { answered: () => undefined, failed: () => undefined }

/** Ends a dialog by ourselves: a BYE to the far end, and a word to the application ("unsolicited", as drachtio-server says). */
export function hangUp(context: EdgeContext, dialog: Dialog, reason: string): void {
  const { app } = dialog
  void sendBye(context, dialog, reason)
    .then(({ bye, meta }) => app.tell(meta, `unsolicited|${dialog.id}|`, bye, dialog.id))
    .catch((thrown: unknown) => context.logger.warn({ err: thrown, callId: dialog.callId }, 'a BYE could not be sent'))
}

/** A BYE that the application is not told of. */
export async function sendBye(context: EdgeContext, dialog: Dialog, reason: string) {
  context.dialogs.remove(dialog)
  dialog.unacknowledged?.repeated.stop()
  const headers = [['Reason', reason]] as const
  const bye = makeDialogRequest(dialog, { method: 'BYE', seq: dialog.nextSeq(), headers })
  const route = await routeInDialog(context, dialog, bye)
  stampVia(bye, route)
  sendInTransaction(context, bye, route, nobody)
  return { bye, meta: metaOfRequest(route, bye) }
}
