import type { AppConnection } from '../control/app-connection.ts'
import type { Dialog } from '../dialog/dialog.ts'
import { dialogOfClient, dialogOfNotify } from '../dialog/dialog.ts'
import type { SipRequest } from '../message/sip-request.ts'
import type { SipResponse } from '../message/sip-response.ts'
import type { ClientUser } from '../transaction/invite-client-transaction.ts'
import type { Flow, Protocol } from '../transport/flow.ts'
import type { EdgeContext } from './edge-context.ts'
import { metaOfArrival, metaOfLocalAnswer } from './frame-metas.ts'
import { localAnswer } from './local-answer.ts'
import { sessionAccepted } from './session-refresh.ts'

export interface OutboundParts {
  /** Of the transaction, on the control connection. */
  readonly id: string
  readonly request: SipRequest
  readonly protocol: Protocol
  readonly app: AppConnection
  readonly dialog?: Dialog
}

/** Requests that move the far end's target when they succeed. */
const targetRefreshers: ReadonlySet<string> = new Set(['UPDATE', 'SUBSCRIBE', 'NOTIFY', 'REFER'])

/** Requests that make a subscription. */
const subscribers: ReadonlySet<string> = new Set(['SUBSCRIBE', 'REFER'])

/** A request of an application, other than INVITE, that waits for its answer. */
export class OutboundRequest implements ClientUser {
  readonly #context: EdgeContext
  readonly #parts: OutboundParts

  constructor(context: EdgeContext, parts: OutboundParts) {
    this.#context = context
    this.#parts = parts
    this.#expectNotify()
  }

  answered(response: SipResponse, flow: Flow): void {
    const { id, app, dialog } = this.#parts
    const { status } = response
    this.#context.counters.responseIn(status)
    if (status === 100) return
    const made = dialog ?? (status >= 200 && status < 300 ? this.#subscriptionDialog(response, flow) : undefined)
    if (status >= 200) this.#settle(response)
    app.tell(metaOfArrival(flow, response.toBuffer().length), `${id}|${made?.id ?? ''}|`, response, made?.id ?? id)
  }

  failed(reason: 'timeout' | 'transport', error?: Error): void {
    const { id, app, dialog, request, protocol } = this.#parts
    const response = localAnswer(request, reason, error)
    this.#settle(response)
    app.tell(metaOfLocalAnswer(protocol), `${id}|${dialog?.id ?? ''}|`, response, dialog?.id ?? id)
  }

  #settle(response: SipResponse): void {
    const { dialog, request } = this.#parts
    if (!dialog) return this.#context.dialogs.expectNoNotify(request)
    const { status } = response
    if (status < 300 && targetRefreshers.has(request.method)) dialog.refreshTarget(response)
    if (status < 300) sessionAccepted(this.#context, dialog, request, response)
    // A BYE that wants credentials will be sent again.
    const isChallenged = status === 401 || status === 407
    if (this.#endsDialog() && !isChallenged) this.#context.dialogs.remove(dialog)
  }

  /** RFC 3261 15.1.1; RFC 6665 4.1.3: the last NOTIFY ends a subscription's dialog. */
  #endsDialog(): boolean {
    const { dialog, request } = this.#parts
    if (request.method === 'BYE') return true
    const isLast = request.get('Subscription-State')?.toLowerCase().startsWith('terminated') === true
    return request.method === 'NOTIFY' && isLast && dialog?.method === 'SUBSCRIBE'
  }

  /** RFC 6665 4.4.1: a SUBSCRIBE (or REFER) that was taken makes a dialog, unless its first NOTIFY has done so already. */
  #subscriptionDialog(response: SipResponse, flow: Flow): Dialog | undefined {
    const { request } = this.#parts
    if (!subscribers.has(request.method) || response.to.tag === undefined) return undefined
    const known = this.#context.dialogs.findForResponse(response)
    if (known) return known
    return this.#confirm(dialogOfClient(request, response, this.#making(flow)))
  }

  /** The first NOTIFY may overtake the answer. */
  #expectNotify(): void {
    const { request, dialog } = this.#parts
    if (!dialog && subscribers.has(request.method)) {
      this.#context.dialogs.expectNotify(request, (notify, flow) =>
        this.#confirm(dialogOfNotify(request, notify, this.#making(flow))),
      )
    }
  }

  #making(flow: Flow) {
    const { request, id, app } = this.#parts
    const dialogId = this.#context.dialogs.idFor(request.callId, request.from.tag ?? '', 'uac')
    return { id: dialogId, localContact: request.get('Contact') ?? '', flow, transactionId: id, app }
  }

  #confirm(dialog: Dialog): Dialog {
    dialog.state = 'confirmed'
    this.#context.dialogs.add(dialog)
    return dialog
  }
}
