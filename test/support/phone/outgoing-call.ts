import { randomUUID } from 'node:crypto'
import { SipRequest } from '../../../sip/edge/message/sip-request.ts'
import { SipResponse } from '../../../sip/edge/message/sip-response.ts'
import { answersChallenge } from './answers-challenge.ts'
import { Dialog } from './dialog.ts'
import type { Credentials } from './digest.ts'
import { PhoneCall, type CallContext } from './phone-call.ts'
import type { RtpSession } from './rtp-session.ts'
import type { Peer } from './sip-socket.ts'
import { newTag } from './transactions.ts'

export interface OutgoingOptions {
  readonly to: string
  readonly from: string
  readonly credentials: Credentials
  /** Added to the INVITE. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A call that this phone makes. */
export class OutgoingCall extends PhoneCall {
  readonly callId: string = randomUUID()
  readonly #options: OutgoingOptions
  readonly #tag = newTag()
  #invite: SipRequest | undefined
  #isProceeding = false
  #wantsCancel: Readonly<Record<string, string>> | undefined
  #ack: SipRequest | undefined

  constructor(context: CallContext, rtp: RtpSession, options: OutgoingOptions) {
    super(context, rtp)
    this.#options = options
  }

  /** Sends the INVITE; what becomes of it is told by the milestones. */
  start(): void {
    this.#run().catch(() => this.end('refused'))
  }

  /** Gives up before the answer; waits for a first provisional answer, as RFC 3261 9.1 demands. */
  cancels(): void {
    this.#wantsCancel ??= {}
    if (this.#invite && this.#isProceeding) void this.context.transactions.cancel(this.#invite)
  }

  /** For the phone: the answer came again, so its ACK was lost. */
  acknowledgeAgain(): void {
    if (this.#ack) this.context.transactions.sendAck(withoutVia(this.#ack), this.dialog?.nextHop)
  }

  protected receiveCancel(request: SipRequest, from: Peer): void {
    this.context.transactions.respond(request, SipResponse.to(request, 481), from)
  }

  async #run(): Promise<void> {
    const { credentials } = this.#options
    const [first, answer] = await this.#attempt(1)
    const authorization = answersChallenge(answer, { ...credentials, request: first })
    const isOver = !authorization || this.state === 'ended'
    const [invite, response] = isOver ? [first, answer] : await this.#attempt(2, authorization)
    if (response.status < 300) this.#connect(invite, response)
    else this.#refuse(response)
  }

  async #attempt(sequence: number, authorization: Readonly<Record<string, string>> = {}) {
    const { to, from, headers } = this.#options
    const invite = SipRequest.create({
      method: 'INVITE',
      uri: to,
      headers: {
        'Max-Forwards': '70',
        From: `<${from}>;tag=${this.#tag}`,
        To: `<${to}>`,
        'Call-ID': this.callId,
        CSeq: `${sequence} INVITE`,
        Contact: `<${this.context.contact}>`,
        Allow: 'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, NOTIFY, REFER',
        ...authorization,
        ...headers,
        'Content-Type': 'application/sdp',
      },
      body: this.localSdp(),
    })
    this.#invite = invite
    this.#isProceeding = false
    const onProvisional = (response: SipResponse) => this.#proceed(response)
    return [invite, await this.context.transactions.send(invite, { onProvisional })] as const
  }

  #proceed(response: SipResponse): void {
    const isFirst = !this.#isProceeding
    this.#isProceeding = true
    if (isFirst && this.#wantsCancel) this.cancels()
    if (response.status === 100) return
    this.move('ringing')
    this.takeSdp(response)
    this.milestones.reach('ringing', response.status)
  }

  #connect(invite: SipRequest, response: SipResponse): void {
    this.dialog = Dialog.ofCaller(invite, response)
    this.#ack = this.dialog.ack(invite.cseq.number)
    this.context.transactions.sendAck(this.#ack, this.dialog.nextHop)
    this.takeSdp(response)
    this.move('talking')
    this.milestones.reach('answered', response)
  }

  #refuse(response: SipResponse): void {
    this.milestones.reach('refused', response)
    this.end('refused')
  }
}

function withoutVia(ack: SipRequest): SipRequest {
  return ack.clone().removeFirst('Via')
}
