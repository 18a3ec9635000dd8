import { SipResponse } from '../../../sip/edge/message/sip-response.ts'
import type { SipRequest } from '../../../sip/edge/message/sip-request.ts'
import { Dialog } from './dialog.ts'
import { PhoneCall, type CallContext } from './phone-call.ts'
import type { RtpSession } from './rtp-session.ts'
import type { Peer } from './sip-socket.ts'
import { newTag } from './transactions.ts'

/** A call that comes in to this phone. */
export class IncomingCall extends PhoneCall {
  readonly invite: SipRequest
  readonly #from: Peer
  readonly #tag = newTag()
  #stopRepeating: () => void = () => undefined

  constructor(context: CallContext, rtp: RtpSession, invite: SipRequest, from: Peer) {
    super(context, rtp)
    this.invite = invite
    this.#from = from
  }

  get callId(): string {
    return this.invite.callId
  }

  /** Who calls: the user part of From. */
  get callerNumber(): string | undefined {
    return this.invite.from.sip?.user
  }

  get callerName(): string | undefined {
    return this.invite.from.displayName
  }

  rings(status = 180): void {
    this.#respond(this.#response(status))
    this.move('ringing')
    this.milestones.reach('ringing', status)
  }

  answers(): void {
    this.dialog = Dialog.ofCallee(this.invite, this.#tag)
    this.takeSdp(this.invite)
    const response = this.#response(200).set('Content-Type', 'application/sdp')
    response.body = this.localSdp()
    this.#respond(response)
    this.#stopRepeating = this.context.transactions.repeatUntilAck(response, this.#from)
    this.move('talking')
    this.milestones.reach('answered', response)
  }

  declines(status = 603): void {
    const response = this.#response(status)
    this.#respond(response)
    this.milestones.reach('refused', response)
    this.end('refused')
  }

  override abandon(): void {
    this.#stopRepeating()
    super.abandon()
  }

  protected override receiveAck(ack: SipRequest): void {
    this.#stopRepeating()
    super.receiveAck(ack)
  }

  protected receiveCancel(request: SipRequest, from: Peer): void {
    this.context.transactions.respond(request, SipResponse.to(request, 200), from)
    if (this.state !== 'calling' && this.state !== 'ringing') return
    this.#respond(this.#response(487))
    this.milestones.reach('cancelled', request.get('Reason') ?? '')
    this.end('cancelled')
  }

  #response(status: number): SipResponse {
    const response = SipResponse.to(this.invite, status)
    response.set('To', `${this.invite.get('To') ?? ''};tag=${this.#tag}`)
    return response.set('Contact', `<${this.context.contact}>`)
  }

  #respond(response: SipResponse): void {
    this.context.transactions.respond(this.invite, response, this.#from)
  }
}
