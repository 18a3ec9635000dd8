import { randomInt } from 'node:crypto'
import type { Dialog } from '../dialog/dialog.ts'
import type { SipRequest } from '../message/sip-request.ts'
import type { ServerTransaction } from '../transaction/transaction-layer.ts'
import type { Flow } from '../transport/flow.ts'
import { answerNow, makeAnswer, sendAnswer } from './answer.ts'
import type { EdgeContext } from './edge-context.ts'
import { metaOfArrival } from './frame-metas.ts'
import type { InboundRequests } from './inbound-requests.ts'
import { isSessionTooShort, refuseShortSession } from './session-refresh.ts'

/** What happens to a request that comes within a dialog. */
export class DialogRequests {
  readonly #context: EdgeContext
  readonly #inbound: InboundRequests

  constructor(context: EdgeContext, inbound: InboundRequests) {
    this.#context = context
    this.#inbound = inbound
  }

  begin(transaction: ServerTransaction, request: SipRequest, flow: Flow, bytes: number, dialog: Dialog): void {
    const refusal = this.#refusalOf(request, dialog)
    if (refusal) return answerNow(this.#context, transaction, refusal.status, { headers: refusal.headers ?? [] })
    dialog.remoteSeq = request.cseq.number
    if (isSessionTooShort(request)) return refuseShortSession(this.#context, transaction)
    // RFC 3262 3: a PRACK that acknowledges nothing that is open.
    if (request.method === 'PRACK' && !this.#inbound.acknowledge(dialog, request)) {
      return answerNow(this.#context, transaction, 481)
    }
    if (dialog.routeSet.length === 0) dialog.flow = flow
    if (!dialog.app.isOpen) return this.#answerForLostApp(transaction, request, dialog)
    this.#note(request, dialog)
    if (request.method === 'INVITE') sendAnswer(this.#context, transaction, makeAnswer(request, 100))
    else if (transaction.kind === 'non-invite-server') transaction.awaitAnswer()
    this.#inbound.open({ transaction, request, flow, app: dialog.app, dialog }).present(bytes)
  }

  /** An ACK of a 2xx, the first one or a repetition; false when it belongs to no dialog. */
  acknowledged(ack: SipRequest, flow: Flow, bytes: number): boolean {
    const dialog = this.#context.dialogs.findForRequest(ack)
    if (!dialog) return false
    const { unacknowledged } = dialog
    if (unacknowledged?.seq !== ack.cseq.number) return true
    unacknowledged.repeated.stop()
    dialog.unacknowledged = undefined
    if (dialog.routeSet.length === 0) dialog.flow = flow
    const meta = { ...metaOfArrival(flow, bytes), protocol: '' } as const
    dialog.app.tell(meta, `${unacknowledged.transactionId}|${dialog.id}|`, ack, dialog.id)
    return true
  }

  #refusalOf(request: SipRequest, dialog: Dialog): Refusal | undefined {
    const { remoteSeq, inviteInProgress } = dialog
    // RFC 3261 12.2.2: out of order.
    if (remoteSeq !== undefined && request.cseq.number < remoteSeq) return { status: 500 }
    if (request.method === 'INVITE' && inviteInProgress === 'ours') return { status: 491 }
    if (request.method === 'INVITE' && inviteInProgress === 'theirs') return later()
    // RFC 3311 5.2.
    if (request.method === 'UPDATE' && dialog.isUpdateInProgress) return later()
    return undefined
  }

  #note(request: SipRequest, dialog: Dialog): void {
    if (request.method === 'INVITE') dialog.inviteInProgress = 'theirs'
    if (request.method === 'UPDATE') dialog.isUpdateInProgress = true
    if (request.method === 'BYE') this.#hungUp(dialog)
    const isLast = request.get('Subscription-State')?.toLowerCase().startsWith('terminated') === true
    if (request.method === 'NOTIFY' && isLast && dialog.method === 'SUBSCRIBE') this.#context.dialogs.remove(dialog)
  }

  #hungUp(dialog: Dialog): void {
    this.#context.dialogs.remove(dialog)
    dialog.unacknowledged?.repeated.stop()
    dialog.unacknowledged = undefined
    // RFC 3261 15.1.2: what is still open in the dialog ends with it.
    this.#inbound.endInDialog(dialog, 487)
  }

  /** The application is gone, and with it everyone who could decide anything in this dialog. */
  #answerForLostApp(transaction: ServerTransaction, request: SipRequest, dialog: Dialog): void {
    const isBye = request.method === 'BYE'
    if (isBye) this.#hungUp(dialog)
    answerNow(this.#context, transaction, isBye ? 200 : 481)
  }
}

interface Refusal {
  readonly status: number
  readonly headers?: readonly (readonly [string, string | number])[]
}

/** RFC 3261 14.2: a second INVITE before the first is answered is put off by up to ten seconds. */
function later(): Refusal {
  return { status: 500, headers: [['Retry-After', randomInt(0, 11)]] }
}
