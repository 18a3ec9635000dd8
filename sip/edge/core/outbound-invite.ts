import { dialogOfClient, type Dialog } from '../dialog/dialog.ts'
import type { SipRequest } from '../message/sip-request.ts'
import type { SipResponse } from '../message/sip-response.ts'
import type { ClientUser } from '../transaction/invite-client-transaction.ts'
import { makeCancel } from '../transaction/make-cancel.ts'
import type { Flow } from '../transport/flow.ts'
import { acknowledge } from './acknowledge.ts'
import { makeAnswer } from './answer.ts'
import type { EdgeContext } from './edge-context.ts'
import { metaOfArrival, metaOfLocalAnswer } from './frame-metas.ts'
import { sendBye } from './hang-up.ts'
import { localAnswer } from './local-answer.ts'
import type { OutboundParts } from './outbound-request.ts'
import { sendInTransaction } from './send-request.ts'
import { sessionAccepted } from './session-refresh.ts'
import type { RequestAttempts } from './request-attempts.ts'
import type { RequestRoute } from './request-router.ts'

/** The answer to a CANCEL tells nothing that the INVITE's own answer does not. */
const nobody = { answered: () => undefined, failed: () => undefined }

export interface InviteParts extends OutboundParts {
  /** The id of the dialogs it makes, for the application. */
  readonly dialogId: string
  /** It has its final answer, or none will come. */
  readonly done: (id: string) => void
}

/** An INVITE of an application: one that makes dialogs (as many as it is forked into), or a re-INVITE in one. */
export class OutboundInvite implements ClientUser {
  readonly #context: EdgeContext
  readonly #parts: InviteParts
  readonly #early = new Set<Dialog>()
  #attempts: RequestAttempts | undefined
  #confirmed: Dialog | undefined
  #isFinal = false
  #isCancelled = false
  /** A CANCEL that waits for the first provisional answer (RFC 3261 9.1). */
  #waitingCancel: SipRequest | undefined

  constructor(context: EdgeContext, parts: InviteParts) {
    this.#context = context
    this.#parts = parts
    if (parts.dialog) parts.dialog.inviteInProgress = 'ours'
  }

  get app() {
    return this.#parts.app
  }

  /** The way it took. */
  get route(): RequestRoute | undefined {
    return this.#attempts?.route
  }

  /** Sends it. */
  start(attempts: RequestAttempts): void {
    this.#attempts = attempts
    attempts.start()
  }

  /** Cancels it as soon as that is allowed; returns the CANCEL, or undefined when it is too late. */
  cancel(headers: readonly (readonly [name: string, value: string])[]): SipRequest | undefined {
    const attempts = this.#attempts
    if (this.#isFinal || !attempts) return undefined
    const cancel = makeCancel(attempts.request, headers)
    if (this.#isCancelled) return cancel
    this.#isCancelled = true
    attempts.settle()
    if (attempts.transaction?.state !== 'proceeding') this.#waitingCancel = cancel
    else this.#sendCancel(cancel, attempts)
    return cancel
  }

  answered(response: SipResponse, flow: Flow): void {
    const { status } = response
    this.#context.counters.responseIn(status)
    if (status < 200) return this.#progress(response, flow)
    if (status < 300) return this.#accepted(response, flow)
    this.#end()
    this.#tell(response, flow)
  }

  failed(reason: 'timeout' | 'transport', error?: Error): void {
    if (this.#isFinal) return
    const { app, id, dialogId, request, protocol } = this.#parts
    const isCancelled = this.#isCancelled && reason === 'timeout'
    const response = isCancelled ? makeAnswer(request, 487) : localAnswer(request, reason, error)
    this.#end()
    app.tell(metaOfLocalAnswer(protocol), `${id}|${dialogId}|`, response, dialogId)
  }

  /** The application is gone: nobody wants this call any more. */
  appLost(): void {
    if (!this.#isFinal) this.cancel([['Reason', 'SIP;cause=503;text="Application gone"']])
  }

  #progress(response: SipResponse, flow: Flow): void {
    if (this.#waitingCancel && this.#attempts) this.#sendCancel(this.#waitingCancel, this.#attempts)
    if (response.status === 100) return
    if (response.to.tag !== undefined && !this.#parts.dialog) {
      const dialog = this.#dialogFor(response, flow)
      if (isRepeated(response, dialog)) return
      // Branches share an id: it means the one that spoke last, whose PRACK comes next.
      if (!this.#confirmed) this.#context.dialogs.add(dialog)
    }
    this.#tell(response, flow)
  }

  #accepted(response: SipResponse, flow: Flow): void {
    if (this.#parts.dialog) return this.#acceptedInDialog(this.#parts.dialog, response, flow)
    const dialog = this.#dialogFor(response, flow)
    if (this.#confirmed) return this.#acceptedAgain(dialog, response)
    this.#confirmed = dialog
    this.#isFinal = true
    this.#dropEarly(dialog)
    dialog.state = 'confirmed'
    dialog.inviteInProgress = 'none'
    dialog.answeredInvite = { seq: this.#parts.request.cseq.number }
    this.#parts.done(this.#parts.id)
    if (!this.app.isOpen) return this.#giveUp(dialog)
    dialog.isCancelled = this.#isCancelled
    sessionAccepted(this.#context, dialog, this.#parts.request, response)
    this.#tell(response, flow)
  }

  /** Another branch answered too, or the first one again. */
  #acceptedAgain(dialog: Dialog, response: SipResponse): void {
    if (dialog === this.#confirmed) return this.#repeatAck(dialog)
    if (dialog.answeredInvite) return this.#repeatAck(dialog)
    dialog.state = 'confirmed'
    dialog.answeredInvite = { seq: response.cseq.number }
    // The application knows one dialog of this INVITE: the others end at once (RFC 3261 13.2.2.4).
    this.#giveUp(dialog)
  }

  #acceptedInDialog(dialog: Dialog, response: SipResponse, flow: Flow): void {
    if (this.#isFinal) return this.#repeatAck(dialog)
    this.#isFinal = true
    dialog.inviteInProgress = 'none'
    dialog.refreshTarget(response)
    dialog.flow = flow
    dialog.answeredInvite = { seq: this.#parts.request.cseq.number }
    this.#parts.done(this.#parts.id)
    sessionAccepted(this.#context, dialog, this.#parts.request, response)
    this.#tell(response, flow)
  }

  #repeatAck(dialog: Dialog): void {
    const ack = dialog.answeredInvite?.ack
    ack?.outlet.send(ack.bytes, { sendFailed: () => undefined })
  }

  /** Acknowledges and ends a dialog that nobody wants. */
  #giveUp(dialog: Dialog): void {
    void acknowledge(this.#context, dialog)
      .then(() => sendBye(this.#context, dialog, 'SIP;cause=487;text="Call completed elsewhere"'))
      .catch((thrown: unknown) =>
        this.#context.logger.warn({ err: thrown, callId: dialog.callId }, 'a branch was left'),
      )
  }

  #dialogFor(response: SipResponse, flow: Flow): Dialog {
    const known = this.#context.dialogs.findForResponse(response)
    if (known) {
      known.flow = flow
      known.refreshTarget(response)
      // RFC 3261 13.2.2.4: the route set is computed anew from the 2xx.
      if (response.status >= 200 && known.state === 'early') known.routeSet = response.values('Record-Route').reverse()
      return known
    }
    const { request, id, app, dialogId } = this.#parts
    const localContact = request.get('Contact') ?? ''
    const dialog = dialogOfClient(request, response, { id: dialogId, localContact, flow, transactionId: id, app })
    dialog.inviteInProgress = 'ours'
    // A branch that answers late must not take the id from the one the application knows.
    if (this.#confirmed) this.#context.dialogs.addUnnamed(dialog)
    else this.#context.dialogs.add(dialog)
    this.#early.add(dialog)
    return dialog
  }

  #dropEarly(but?: Dialog): void {
    for (const dialog of this.#early) if (dialog !== but) this.#context.dialogs.remove(dialog)
    this.#early.clear()
    if (but) this.#context.dialogs.add(but)
  }

  #end(): void {
    this.#isFinal = true
    this.#waitingCancel = undefined
    this.#dropEarly()
    const { dialog } = this.#parts
    if (dialog) dialog.inviteInProgress = 'none'
    this.#parts.done(this.#parts.id)
  }

  #tell(response: SipResponse, flow: Flow): void {
    const { app, id, dialogId } = this.#parts
    app.tell(metaOfArrival(flow, response.toBuffer().length), `${id}|${dialogId}|`, response, dialogId)
  }

  #sendCancel(cancel: SipRequest, { route, transaction }: RequestAttempts): void {
    this.#waitingCancel = undefined
    sendInTransaction(this.#context, cancel, route, nobody)
    if (transaction?.kind === 'invite-client') transaction.cancelSent()
  }
}

/** RFC 3262 4: a reliable answer that came before, or before its turn, is not passed on; the far end will repeat it. */
function isRepeated(response: SipResponse, dialog: Dialog): boolean {
  const rseq = response.seconds('RSeq')
  if (rseq === undefined) return false
  if (dialog.remoteRSeq !== undefined && rseq !== dialog.remoteRSeq + 1) return true
  dialog.remoteRSeq = rseq
  return false
}
