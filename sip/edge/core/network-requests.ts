import type { Dialog } from '../dialog/dialog.ts'
import type { SipRequest } from '../message/sip-request.ts'
import { stampReceived } from '../message/stamp-received.ts'
import type { InviteServerTransaction } from '../transaction/invite-server-transaction.ts'
import type { ServerTransaction } from '../transaction/transaction-layer.ts'
import type { Flow } from '../transport/flow.ts'
import { answerNow, makeAnswer, sendAnswer } from './answer.ts'
import type { DialogRequests } from './dialog-requests.ts'
import { isKnownMethod } from './edge-counters.ts'
import type { EdgeContext } from './edge-context.ts'
import type { InboundRequests } from './inbound-requests.ts'
import { answerLocally, type Arrived, type Intercept } from './intercept.ts'
import type { RouteForward } from '../proxy/route-forward.ts'
import { isSessionTooShort, refuseShortSession } from './session-refresh.ts'
import { ReplyOutlet } from './reply-outlet.ts'

/** Requests that make no sense outside a dialog. */
const dialogOnly: ReadonlySet<string> = new Set(['BYE', 'UPDATE', 'PRACK'])

/** Requests whose last stop we are, so that no hop follows for Max-Forwards to count. */
const endHere: ReadonlySet<string> = new Set(['OPTIONS', 'REGISTER'])

/** Seconds after which a client may try again when there was too much to do. */
const overloadRetrySeconds = 5

export interface NetworkRequestsDeps {
  readonly context: EdgeContext
  readonly inbound: InboundRequests
  readonly dialogRequests: DialogRequests
  readonly routeForward: RouteForward
  readonly intercept: Intercept | undefined
}

/** What happens to a request that comes from the network. */
export class NetworkRequests {
  readonly #context: EdgeContext
  readonly #deps: NetworkRequestsDeps

  constructor(deps: NetworkRequestsDeps) {
    this.#deps = deps
    this.#context = deps.context
  }

  receive(request: SipRequest, flow: Flow): void {
    const { counters, wire, transactions } = this.#context
    const bytes = request.toBuffer()
    wire.arrived(flow, bytes)
    counters.requestIn(request.method)
    stampReceived(request, flow.remoteAddress, flow.remotePort)
    const arrival = transactions.admit(request, new ReplyOutlet(wire, flow, request.topVia))
    switch (arrival.kind) {
      case 'absorbed':
        return
      case 'new':
        return this.#begin({ transaction: arrival.transaction, request, flow, bytes: bytes.length })
      case 'merged':
        return answerNow(this.#context, arrival.transaction, 482)
      case 'cancel':
        return this.#cancel(arrival.transaction, arrival.invite, request, flow)
      case 'ack':
        return this.#acknowledged(request, flow, bytes.length)
      case 'overload':
        return this.#refuseOverload(request, flow)
    }
  }

  #begin(arrived: Arrived): void {
    const { transaction, request, flow, bytes } = arrived
    if (request.to.tag !== undefined) {
      const dialog = this.#dialogOf(request, flow)
      if (dialog) return this.#deps.dialogRequests.begin(transaction, request, flow, bytes, dialog)
      if (this.#deps.routeForward.forward(transaction, request, flow)) return
      if (request.method !== 'REGISTER') return answerNow(this.#context, transaction, 481)
    } else if (dialogOnly.has(request.method)) return answerNow(this.#context, transaction, 481)
    if (request.maxForwards === 0 && !endHere.has(request.method)) return answerNow(this.#context, transaction, 483)
    if (isSessionTooShort(request)) return refuseShortSession(this.#context, transaction)
    const { intercept } = this.#deps
    const isTaken = intercept && answerLocally(this.#context, intercept, arrived, this.#present)
    if (!isTaken) this.#present(arrived)
  }

  #dialogOf(request: SipRequest, flow: Flow): Dialog | undefined {
    const { dialogs } = this.#context
    return (
      dialogs.findForRequest(request) ?? (request.method === 'NOTIFY' ? dialogs.takeNotify(request, flow) : undefined)
    )
  }

  /** Gives a request outside a dialog to an application. */
  readonly #present = ({ transaction, request, flow, bytes }: Arrived): void => {
    const app = this.#context.apps.pick(request.method)
    if (!app) return answerNow(this.#context, transaction, isKnownMethod(request.method) ? 503 : 501)
    // RFC 3261 17.2.1: the caller stops repeating its INVITE when it hears that somebody works on it.
    if (request.method === 'INVITE') sendAnswer(this.#context, transaction, makeAnswer(request, 100))
    else if (transaction.kind === 'non-invite-server') transaction.awaitAnswer()
    this.#deps.inbound.open({ transaction, request, flow, app }).present(bytes)
  }

  #acknowledged(ack: SipRequest, flow: Flow, bytes: number): void {
    if (this.#deps.dialogRequests.acknowledged(ack, flow, bytes)) return
    if (!this.#deps.routeForward.forwardAck(ack)) this.#context.counters.strays++
  }

  #cancel(
    transaction: ServerTransaction,
    invite: InviteServerTransaction | undefined,
    request: SipRequest,
    flow: Flow,
  ): void {
    if (!invite) return answerNow(this.#context, transaction, 481)
    sendAnswer(this.#context, transaction, makeAnswer(request, 200, undefined, invite.user.localTag))
    invite.user.cancelled?.(request, flow)
  }

  /** Without a transaction: there is no room for one. */
  #refuseOverload(request: SipRequest, flow: Flow): void {
    const { counters, wire } = this.#context
    counters.overloads++
    const response = makeAnswer(request, 503).add('Retry-After', overloadRetrySeconds)
    counters.responseOut(503)
    new ReplyOutlet(wire, flow, request.topVia).send(response.toBuffer(), { sendFailed: () => undefined })
  }
}
