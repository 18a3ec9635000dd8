import { asError } from '../../../core/errors.ts'
import type { AppConnection } from '../control/app-connection.ts'
import type { Command } from '../control/command.ts'
import type { Dialog } from '../dialog/dialog.ts'
import { makeDialogRequest } from '../dialog/dialog-request.ts'
import { parseUri } from '../message/sip-uri.ts'
import type { SipRequest } from '../message/sip-request.ts'
import type { Hop } from '../transport/hop.ts'
import { HostUnknown } from '../transport/resolve-target.ts'
import { appHeaders } from './app-headers.ts'
import { composeRequest, RequestRefused, seqOf, typeOfBody } from './compose-request.ts'
import type { EdgeContext } from './edge-context.ts'
import { metaOfLocalAnswer, metaOfRequest } from './frame-metas.ts'
import { hangUp } from './hang-up.ts'
import { localAnswer } from './local-answer.ts'
import { nextHopOf, nextHopOfRequest } from './next-hop.ts'
import { acknowledge } from './acknowledge.ts'
import { OutboundInvite } from './outbound-invite.ts'
import { OutboundRequest, type OutboundParts } from './outbound-request.ts'
import { RequestAttempts, type Ways } from './request-attempts.ts'
import { RequestRoutes } from './request-routes.ts'
import { routeInDialog, stampVia } from './send-request.ts'
import { newControlId } from './tokens.ts'

type RequestCommand = Extract<Command, { kind: 'request' }>
type CancelCommand = Extract<Command, { kind: 'cancel' }>

/** What the dialog says, so that the application cannot; the CSeq number may only grow. */
const ownedByDialog: ReadonlySet<string> = new Set(['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Route'])
const withContact: ReadonlySet<string> = new Set(['INVITE', 'SUBSCRIBE', 'REFER', 'UPDATE', 'NOTIFY'])

/** What Via, From, To, Call-ID, CSeq and Contact add to what the application wrote, about. */
const serverHeadersBytes = 350

/** Sends what applications ask for. */
export class AppRequests {
  readonly #context: EdgeContext
  readonly #invites = new Map<string, OutboundInvite>()

  constructor(context: EdgeContext) {
    this.#context = context
  }

  /** How many INVITEs wait for their final answer. */
  get size(): number {
    return this.#invites.size
  }

  /** `sip||<dialog id>|<proxy>`: a request within or outside a dialog. */
  request(app: AppConnection, command: RequestCommand): void {
    const sending = command.dialogId === '' ? this.#sendOutside(app, command) : this.#sendInside(app, command)
    sending.catch((thrown: unknown) => {
      const prefix = command.dialogId === '' ? '' : 'Server error: '
      if (!(thrown instanceof RequestRefused)) {
        this.#context.logger.warn({ err: asError(thrown), method: command.request.method }, 'a request was not sent')
      }
      app.refuse(command.id, `${prefix}${asError(thrown).message}`)
    })
  }

  /** `sip|<transaction id>|` with a CANCEL. */
  cancel(app: AppConnection, command: CancelCommand): void {
    const invite = this.#invites.get(command.transactionId)
    const route = invite?.route
    const headers = route ? appHeaders(command.request, route.own).filter(([name]) => !ownedByDialog.has(name)) : []
    const cancel = invite?.cancel(headers)
    if (!route || !cancel)
      return app.refuse(command.id, `unable to cancel unknown transaction id: ${command.transactionId}`)
    app.acceptSent(command.id, metaOfRequest(route, cancel), `${newControlId()}|Msg sent:|`, cancel)
  }

  /** The connection is gone: its calls that still ring are cancelled. */
  appLost(app: AppConnection): void {
    for (const invite of this.#invites.values()) if (invite.app === app) invite.appLost()
  }

  async #sendOutside(app: AppConnection, { id, request: given, proxy }: RequestCommand): Promise<void> {
    const hop = nextHopOfCommand(given, proxy)
    if (!hop) throw new RequestRefused(`invalid request-uri: ${given.method} ${given.uri} SIP/2.0`)
    try {
      const others = await RequestRoutes.to(this.#context, hop, given.toBuffer().length + serverHeadersBytes)
      const route = await others.next()
      if (!route) throw new HostUnknown(`no way to ${hop.host}`)
      this.#transmit(app, id, composeRequest(given, route.own), { route, others })
    } catch (thrown) {
      if (!(thrown instanceof HostUnknown)) throw thrown
      this.#answerUnresolved(app, id, given, thrown)
    }
  }

  /** Sends a finished request, which has no Via yet, and tells the application. */
  #transmit(app: AppConnection, commandId: string, request: SipRequest, ways: Ways, dialog?: Dialog): void {
    // It went while the next hop was looked up: nobody would hear the answer, or cancel a call.
    if (!app.isOpen) return
    const id = newControlId()
    const parts = { id, request, app, protocol: ways.route.protocol, ...(dialog && { dialog }) }
    const invite = request.method === 'INVITE' ? this.#open(parts) : undefined
    const user = invite ?? new OutboundRequest(this.#context, parts)
    const attempts = new RequestAttempts(this.#context, request, ways, user)
    app.acceptSent(commandId, metaOfRequest(ways.route, attempts.request), `${id}|Msg sent:|`, attempts.request)
    if (invite) invite.start(attempts)
    else attempts.start()
  }

  #open(parts: OutboundParts): OutboundInvite {
    const { id, request, dialog } = parts
    const dialogId = dialog?.id ?? this.#context.dialogs.idFor(request.callId, request.from.tag ?? '', 'uac')
    const done = (ended: string) => {
      this.#invites.delete(ended)
      this.#context.dialogs.unclaim(dialogId)
    }
    this.#context.dialogs.claim(dialogId)
    const invite = new OutboundInvite(this.#context, { ...parts, dialogId, done })
    this.#invites.set(id, invite)
    return invite
  }

  /** drachtio-server takes a request to an unknown host and answers it 503: so does this. */
  #answerUnresolved(app: AppConnection, commandId: string, given: SipRequest, error: Error): void {
    const own = this.#context.router.ownTowards('udp', '127.0.0.1')
    const request = composeRequest(given, own)
    stampVia(request, { own })
    const id = newControlId()
    const meta = metaOfLocalAnswer('unknown')
    app.acceptSent(commandId, { ...meta, source: 'application' }, `${id}|Msg sent:|`, request)
    const dialogId = request.method === 'INVITE' ? `${request.callId};from-tag=${request.from.tag ?? ''}` : ''
    app.tell(meta, `${id}|${dialogId}|`, localAnswer(request, 'transport', error), id)
  }

  async #sendInside(app: AppConnection, { id, dialogId, request: given }: RequestCommand): Promise<void> {
    const dialog = this.#context.dialogs.findById(dialogId)
    const isAck = given.method === 'ACK'
    if (isAck && (!dialog || !dialog.answeredInvite)) {
      throw new RequestRefused('ACK for non-success final response is automatically generated by server')
    }
    if (!dialog) throw new RequestRefused('unable to find dialog for dialog id provided')
    if (isAck) return this.#acknowledge(app, id, dialog, given)
    const own = this.#context.router.ownOf(dialog.flow)
    const headers = appHeaders(given, own)
    const seq = nextSeq(dialog, headers)
    const content = headers.filter(([name]) => !ownedByDialog.has(name))
    if (withContact.has(given.method) && !given.has('Contact')) content.unshift(['Contact', dialog.localContact])
    content.push(...typeOfBody(given))
    const request = makeDialogRequest(dialog, { method: given.method, seq, headers: content, body: given.body })
    const route = await routeInDialog(this.#context, dialog, request)
    this.#transmit(app, id, request, { route }, dialog)
  }

  async #acknowledge(app: AppConnection, commandId: string, dialog: Dialog, given: SipRequest): Promise<void> {
    const own = this.#context.router.ownOf(dialog.flow)
    const headers = appHeaders(given, own).filter(([name]) => !ownedByDialog.has(name))
    headers.push(...typeOfBody(given))
    const { ack, route } = await acknowledge(this.#context, dialog, { headers, body: given.body })
    app.acceptSent(commandId, metaOfRequest(route, ack), `${newControlId()}|Msg sent:|`, ack)
    // The far end answered while our CANCEL was on its way (RFC 3261 9.1): nobody wants this call.
    if (dialog.isCancelled) hangUp(this.#context, dialog, 'SIP;cause=487;text="ACK-BYE race"')
  }
}

/** The next of our numbers; an application that repeats a request with credentials writes it itself. */
function nextSeq(dialog: Dialog, headers: readonly (readonly [name: string, value: string])[]): number {
  const written = seqOf(headers.find(([name]) => name === 'CSeq')?.[1])
  if (written === undefined || written <= dialog.localSeq) return dialog.nextSeq()
  dialog.localSeq = written
  return written
}

/** The outbound proxy if the application names one, else the first Route, else the Request-URI. */
function nextHopOfCommand(given: SipRequest, proxy: string): Hop | undefined {
  if (!given.sipUri && !/^(?:tel|urn):/i.test(given.uri)) return undefined
  if (proxy === '') return nextHopOfRequest(given.uri, routesOf(given))
  const uri = parseUri(/^sips?:/i.test(proxy) ? proxy : `sip:${proxy}`)
  return nextHopOf(uri)
}

function routesOf(given: SipRequest) {
  try {
    return given.addresses('Route')
  } catch (thrown) {
    throw new RequestRefused(`invalid Route: ${asError(thrown).message}`)
  }
}
