import { asError } from '../../../core/errors.ts'
import type { AppConnection } from '../control/app-connection.ts'
import { dialogOfServer, type Dialog } from '../dialog/dialog.ts'
import { RepeatedAnswer } from '../dialog/repeated-answer.ts'
import type { SipResponse } from '../message/sip-response.ts'
import type { SipRequest } from '../message/sip-request.ts'
import type { InviteServerUser } from '../transaction/invite-server-transaction.ts'
import type { ServerTransaction } from '../transaction/transaction-layer.ts'
import { makeCancel } from '../transaction/make-cancel.ts'
import type { Flow } from '../transport/flow.ts'
import { makeAnswer, sendAnswer } from './answer.ts'
import { appHeaders, guessedContentType } from './app-headers.ts'
import type { EdgeContext } from './edge-context.ts'
import { hangUp } from './hang-up.ts'
import { metaOfAnswer, metaOfArrival } from './frame-metas.ts'
import { ownUri } from './own-address.ts'
import { isReliableAnswer, ReliableAnswers, takesReliableAnswers } from './reliable-answers.ts'
import { agreeOnSession, sessionAnswered } from './session-refresh.ts'
import { newControlId, newTag } from './tokens.ts'

/** Requests whose 2xx makes a dialog. */
const dialogMakers: ReadonlySet<string> = new Set(['INVITE', 'SUBSCRIBE'])
/** Requests whose 2xx carries a Contact. */
const withContact: ReadonlySet<string> = new Set(['INVITE', 'SUBSCRIBE', 'UPDATE', 'REFER', 'NOTIFY'])
/** Requests that move the far end's target when they succeed (RFC 3261 12.2.2, 3311, 6665). */
const targetRefreshers: ReadonlySet<string> = new Set(['INVITE', 'UPDATE', 'SUBSCRIBE', 'NOTIFY', 'REFER'])
/** What the server says itself in an answer. */
const ownAnswerHeaders: ReadonlySet<string> = new Set(['From', 'To', 'Call-ID', 'CSeq', 'Record-Route'])

export interface InboundParts {
  readonly transaction: ServerTransaction
  readonly request: SipRequest
  readonly flow: Flow
  readonly app: AppConnection
  /** The dialog in which it came. */
  readonly dialog?: Dialog
  /** It takes no answer any more. */
  readonly done: (request: InboundRequest) => void
}

/** A request from the network that an application has to answer. */
export class InboundRequest implements InviteServerUser {
  readonly id = newControlId()
  readonly request: SipRequest
  readonly app: AppConnection
  readonly flow: Flow
  localTag: string
  readonly #context: EdgeContext
  readonly #parts: InboundParts
  readonly #reliable: ReliableAnswers
  /** The dialog it came in, or that our answers have made. */
  #dialog: Dialog | undefined

  constructor(context: EdgeContext, parts: InboundParts) {
    this.#context = context
    this.#parts = parts
    this.request = parts.request
    this.app = parts.app
    this.flow = parts.flow
    this.#dialog = parts.dialog
    this.localTag = parts.request.to.tag ?? newTag()
    this.#reliable = new ReliableAnswers(context, parts.request, () => this.#unheard())
    parts.transaction.user = this
  }

  get transaction(): ServerTransaction {
    return this.#parts.transaction
  }

  /** The dialog it came in, or that its answers have made. */
  get dialog(): Dialog | undefined {
    return this.#dialog
  }

  /** Shows the request to the application; `bytes` as on the wire. */
  present(bytes: number): void {
    const own = this.#context.router.ownOf(this.flow)
    const place = this.#parts.dialog ? `${this.#parts.dialog.id}|` : `|${own.host.replace(/[[\]]/g, '')}|${own.port}|`
    this.app.tell(metaOfArrival(this.flow, bytes), `${this.id}|${place}`, this.request, this.#topic)
  }

  /** The application's answer. */
  answer(commandId: string, given: SipResponse): void {
    const response = this.#compose(given)
    const refusal = this.#refusalOf(response)
    if (refusal !== undefined) return this.app.refuse(commandId, refusal)
    const isReliable = isReliableAnswer(response) && this.request.method === 'INVITE'
    const send = () => this.#transmit(commandId, response, isReliable)
    // RFC 3262 3: a 2xx waits until what was said before is acknowledged; a refusal does not.
    if (isReliable || (response.status >= 200 && response.status < 300)) this.#reliable.inTurn(send)
    else send()
  }

  /** Whether a PRACK of its dialog acknowledges one of its provisional answers. */
  acknowledged(prack: SipRequest): boolean {
    return this.#reliable.acknowledged(prack)
  }

  /** RFC 3261 9.2: the caller has cancelled; the application learns it from the CANCEL. */
  cancelled(cancel: SipRequest, flow: Flow, status = 487): void {
    if (this.#parts.transaction.isAnswered) return
    const bytes = cancel.toBuffer().length
    this.#end(status)
    this.app.tell(metaOfArrival(flow, bytes), `${this.id}|${this.#dialog?.id ?? ''}|`, cancel, this.#topic)
  }

  /** Answers in the application's place, because it is gone or the dialog has ended. */
  endWith(status: number): void {
    if (!this.#parts.transaction.isAnswered) this.#end(status)
  }

  failed(reason: 'timeout' | 'transport', error?: Error): void {
    const { logger } = this.#context
    const { callId, method } = this.request
    logger.warn({ callId, method, reason, err: error && asError(error) }, 'an answer did not reach the far end')
    if (reason === 'timeout') this.#parts.done(this)
  }

  ended(): void {
    this.#parts.done(this)
  }

  get #dialogId(): string {
    return this.#context.dialogs.idFor(this.request.callId, this.request.from.tag ?? '', 'uas')
  }

  get #topic(): string {
    return this.#dialog?.id ?? this.request.callId
  }

  #refusalOf(response: SipResponse): string | undefined {
    if (this.#parts.transaction.isAnswered) return 'Response not sent due to unknown transaction'
    if (!this.#isTagFree(response)) return 'dialog already exists, rejecting this request'
    if (isReliableAnswer(response) && !takesReliableAnswers(this.request)) {
      return 'Remote endpoint does not support 100rel'
    }
    return undefined
  }

  #transmit(commandId: string, response: SipResponse, isReliable: boolean): void {
    const { transaction } = this.#parts
    if (isReliable) this.#reliable.number(response)
    if (transaction.isAnswered) return this.app.refuse(commandId, 'Response not sent due to unknown transaction')
    const dialog = this.#dialogFor(response)
    sendAnswer(this.#context, transaction, response)
    if (isReliable) this.#reliable.sent(() => transaction.respond(response.status, response.toBuffer()))
    const isFinal = response.status >= 200
    const isInvite = this.request.method === 'INVITE'
    const hasDialogId = isInvite || (dialog !== undefined && !this.#parts.dialog)
    const meta = metaOfAnswer(this.flow, response, isFinal && !isInvite ? '' : this.flow.protocol)
    const dialogId = hasDialogId ? (dialog?.id ?? this.#dialogId) : ''
    this.app.acceptSent(commandId, meta, `${this.id}|${dialogId}||Msg sent:|`, response)
    if (isFinal) this.#finish(response)
  }

  /** Nobody acknowledges our provisional answers: the call fails, and the application takes it for cancelled. */
  #unheard(): void {
    const cancel = makeCancel(this.request, [['Reason', 'SIP;cause=504;text="PRACK timeout"']])
    this.cancelled(cancel, this.flow, 504)
  }

  #end(status: number): void {
    sendAnswer(this.#context, this.#parts.transaction, makeAnswer(this.request, status, undefined, this.localTag))
    this.#settle(status)
  }

  #compose(given: SipResponse): SipResponse {
    const { request } = this
    const own = this.#context.router.ownOf(this.flow)
    const tag = given.get('To') === undefined ? undefined : given.to.tag
    if (tag !== undefined && !this.#dialog && request.to.tag === undefined) this.localTag = tag
    const response = makeAnswer(request, given.status, given.reason === '' ? undefined : given.reason, this.localTag)
    for (const [name, value] of appHeaders(given, own)) if (!ownAnswerHeaders.has(name)) response.add(name, value)
    response.body = given.body
    const needsContact = given.status < 300 && given.status > 100 && withContact.has(request.method)
    if (needsContact && !response.has('Contact')) response.add('Contact', `<${ownUri(own)}>`)
    const type = response.has('Content-Type') ? undefined : guessedContentType(given.body)
    if (type !== undefined) response.add('Content-Type', type)
    if (given.status >= 200 && given.status < 300) agreeOnSession(request, response)
    return response
  }

  /** Two branches of one forked call (RFC 3261 8.2.2.2) cannot both make the same dialog. */
  #isTagFree(response: SipResponse): boolean {
    const known = this.#context.dialogs.findForRequest(response)
    return known === undefined || known === this.#dialog || this.#parts.dialog !== undefined || response.status >= 300
  }

  /** The dialog that this answer makes or changes. */
  #dialogFor(response: SipResponse): Dialog | undefined {
    const { status } = response
    if (this.#parts.dialog || !dialogMakers.has(this.request.method)) return this.#parts.dialog
    const isMaking = status < 300 && (this.request.method === 'INVITE' ? status > 100 : status >= 200)
    if (!isMaking) return undefined
    this.#dialog ??= this.#makeDialog(response)
    this.#dialog.localContact = response.get('Contact') ?? this.#dialog.localContact
    if (status >= 200) this.#dialog.state = 'confirmed'
    return this.#dialog
  }

  #makeDialog(response: SipResponse): Dialog {
    const { flow, app } = this
    const localContact = response.get('Contact') ?? ''
    const making = { id: this.#dialogId, localContact, flow, transactionId: this.id, app }
    const dialog = dialogOfServer(this.request, this.localTag, making)
    if (this.request.method === 'INVITE') dialog.inviteInProgress = 'theirs'
    this.#context.dialogs.add(dialog)
    return dialog
  }

  #finish(response: SipResponse): void {
    const { status } = response
    const dialog = this.#dialog
    this.#settle(status)
    if (!dialog || status >= 300) return
    if (targetRefreshers.has(this.request.method)) dialog.refreshTarget(this.request)
    sessionAnswered(this.#context, dialog, this.request, response)
    if (this.request.method === 'INVITE') this.#repeatUntilAcknowledged(dialog, response)
  }

  /** A final answer was given. */
  #settle(status: number): void {
    const dialog = this.#dialog
    this.#reliable.stop()
    if (dialog && this.request.method === 'INVITE') dialog.inviteInProgress = 'none'
    if (dialog && this.request.method === 'UPDATE') dialog.isUpdateInProgress = false
    if (
      dialog &&
      status >= 300 &&
      dialog.state === 'early' &&
      this.request.method === 'INVITE' &&
      !this.#parts.dialog
    ) {
      this.#context.dialogs.remove(dialog)
    }
    this.#parts.done(this)
  }

  /** RFC 3261 13.3.1.4: the 2xx is repeated by us, not by the transaction; without an ACK the call ends. */
  #repeatUntilAcknowledged(dialog: Dialog, response: SipResponse): void {
    const { timers, values, logger } = this.#context
    const { transaction } = this.#parts
    const repeated = new RepeatedAnswer({
      timers,
      values,
      longestGapMs: values.t2,
      repeat: () => transaction.respond(response.status, response.toBuffer()),
      gaveUp: () => {
        logger.warn({ callId: dialog.callId }, 'a 2xx was never acknowledged: the call ends')
        dialog.unacknowledged = undefined
        hangUp(this.#context, dialog, 'SIP;cause=408;text="ACK timeout"')
      },
    })
    dialog.unacknowledged?.repeated.stop()
    dialog.unacknowledged = { seq: this.request.cseq.number, transactionId: this.id, repeated }
  }
}
