import { SipResponse } from '../../../sip/edge/message/sip-response.ts'
import type { SipRequest } from '../../../sip/edge/message/sip-request.ts'
import type { Dialog } from './dialog.ts'
import { Milestones } from './milestones.ts'
import type { RtpSession } from './rtp-session.ts'
import { mirrored, readSdp, writeSdp, type SdpDirection } from './sdp.ts'
import type { Peer } from './sip-socket.ts'
import type { Transactions } from './transactions.ts'

export type CallState = 'calling' | 'ringing' | 'talking' | 'ended'

/** What can happen in a call, with what is known about it. */
export type CallMilestones = {
  /** The status of a provisional answer, sent or received. */
  ringing: number
  answered: SipResponse
  /** The final status other than 2xx. */
  refused: SipResponse
  /** The caller gave up; the CANCEL's Reason header, '' without one. */
  cancelled: string
  /** The other end sent a BYE; its Reason header, '' without one. */
  hungUp: string
  /** The peer changed the session: which way its sound flows, as this phone sees it. */
  reoffered: SdpDirection
  /** A request inside the call that is not about its session. */
  request: SipRequest
  ended: 'refused' | 'cancelled' | 'hungUp' | 'hangUp'
}

export interface CallContext {
  readonly name: string
  readonly localAddress: string
  readonly contact: string
  readonly transactions: Transactions
  /** The phone's messages so far, for errors. */
  readonly story: () => string
}

/** What callers and callees have in common: the session, its changes, and the end. */
export abstract class PhoneCall {
  readonly milestones: Milestones<CallMilestones>
  readonly rtp: RtpSession
  protected readonly context: CallContext
  protected dialog: Dialog | undefined
  #state: CallState = 'calling'
  #version = 1
  #direction: SdpDirection = 'sendrecv'

  protected constructor(context: CallContext, rtp: RtpSession) {
    this.context = context
    this.rtp = rtp
    this.milestones = new Milestones({ whose: () => context.name, story: context.story, last: 'ended' })
  }

  abstract readonly callId: string

  get state(): CallState {
    return this.#state
  }

  /** Which way sound flows, as this phone sees it. */
  get direction(): SdpDirection {
    return this.#direction
  }

  async hangsUp(headers: Readonly<Record<string, string>> = {}): Promise<SipResponse> {
    const response = this.sends('BYE', headers)
    this.end('hangUp')
    return response
  }

  /** A request inside the dialog. @throws Error before the call is answered */
  sends(method: string, headers: Readonly<Record<string, string>> = {}, body = ''): Promise<SipResponse> {
    const dialog = this.#needDialog()
    return this.context.transactions.send(dialog.request(method, headers, body), this.#towards(dialog))
  }

  /** Asks the peer to listen only (RFC 3264 8.4). */
  holds(): Promise<void> {
    return this.#reoffer('sendonly')
  }

  resumes(): Promise<void> {
    return this.#reoffer('sendrecv')
  }

  /** For the phone: a request that belongs to this call. */
  receive(request: SipRequest, from: Peer): void {
    switch (request.method) {
      case 'ACK':
        return this.receiveAck(request)
      case 'BYE':
        return this.#receiveBye(request, from)
      case 'CANCEL':
        return this.receiveCancel(request, from)
      case 'INVITE':
      case 'UPDATE':
        return this.#receiveOffer(request, from)
      default:
        this.context.transactions.respond(request, SipResponse.to(request, 200), from)
        this.milestones.reach('request', request)
    }
  }

  /** Frees what the call holds without telling anybody. */
  abandon(): void {
    this.#state = 'ended'
    this.rtp.close()
  }

  protected receiveAck(ack: SipRequest): void {
    if (ack.body.length > 0) this.takeSdp(ack)
  }

  protected abstract receiveCancel(request: SipRequest, from: Peer): void

  protected move(state: CallState): void {
    if (this.#state !== 'ended') this.#state = state
  }

  protected localSdp(direction: SdpDirection = this.#direction): string {
    return writeSdp({
      address: this.context.localAddress,
      port: this.rtp.port,
      ptimeMs: this.rtp.ptimeMs,
      version: this.#version,
      direction,
    })
  }

  /** Starts, moves or pauses the sound as the peer's description says. */
  protected takeSdp(message: SipRequest | SipResponse): void {
    const peer = readSdp(message.body.toString())
    if (!peer) return
    this.#direction = mirrored(peer.direction)
    const listens = this.#direction === 'sendrecv' || this.#direction === 'sendonly'
    this.rtp.sendTo(listens && peer.target.address !== '0.0.0.0' ? peer.target : undefined)
  }

  protected end(how: CallMilestones['ended']): void {
    if (this.#state === 'ended') return
    this.abandon()
    this.milestones.reach('ended', how)
  }

  async #reoffer(direction: SdpDirection): Promise<void> {
    const dialog = this.#needDialog()
    this.#version += 1
    const headers = { Contact: `<${this.context.contact}>`, 'Content-Type': 'application/sdp' }
    const offer = dialog.request('INVITE', headers, this.localSdp(direction))
    const response = await this.context.transactions.send(offer, this.#towards(dialog))
    if (response.status >= 300) throw new Error(`${this.context.name}: re-INVITE answered ${response.status}`)
    this.context.transactions.sendAck(dialog.ack(offer.cseq.number), dialog.nextHop)
    this.takeSdp(response)
  }

  #receiveOffer(request: SipRequest, from: Peer): void {
    const response = SipResponse.to(request, 200).set('Contact', `<${this.context.contact}>`)
    this.dialog?.refresh(request)
    this.takeSdp(request)
    if (request.body.length > 0 || request.method === 'INVITE') {
      this.#version += 1
      response.set('Content-Type', 'application/sdp').body = this.localSdp()
    }
    this.context.transactions.respond(request, response, from)
    this.milestones.reach('reoffered', this.#direction)
  }

  #receiveBye(request: SipRequest, from: Peer): void {
    this.context.transactions.respond(request, SipResponse.to(request, 200), from)
    if (this.#state === 'ended') return
    this.milestones.reach('hungUp', request.get('Reason') ?? '')
    this.end('hungUp')
  }

  #needDialog(): Dialog {
    if (!this.dialog) throw new Error(`${this.context.name}: the call is not answered yet`)
    return this.dialog
  }

  #towards(dialog: Dialog) {
    return dialog.nextHop ? { to: dialog.nextHop } : {}
  }
}
