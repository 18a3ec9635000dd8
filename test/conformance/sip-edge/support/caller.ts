import { randomUUID } from 'node:crypto'
import { SipRequest } from '../../../../sip/edge/message/sip-request.ts'
import type { SipResponse } from '../../../../sip/edge/message/sip-response.ts'
import type { Phone } from './phone.ts'

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
  readonly uri?: string
  readonly branch?: string
  readonly seq?: number
  /** `rport` in Via, as every phone of today asks for. */
  readonly rport?: boolean
}

/** The calling side of one Call-ID: requests with the right tags, numbers and routes. */
export class Caller {
  readonly phone: Phone
  readonly callId: string
  readonly fromTag: string
  readonly user: string
  seq = 0
  toTag: string | undefined
  target: string
  routes: readonly string[] = []
  #invite: SipRequest | undefined

  constructor(phone: Phone, user = 'someone', options: { readonly callId?: string; readonly fromTag?: string } = {}) {
    this.phone = phone
    this.user = user
    this.callId = options.callId ?? `${randomUUID()}@phone`
    this.fromTag = options.fromTag ?? randomUUID().slice(0, 8)
    this.target = `sip:${user}@${phone.server}`
  }

  /** A request ready to be sent. */
  make(method: string, options: RequestOptions = {}): SipRequest {
    const { phone } = this
    if (method !== 'ACK' && method !== 'CANCEL') this.seq = options.seq ?? this.seq + 1
    const branch = options.branch ?? `z9hG4bK${randomUUID()}`
    const rport = options.rport === false ? '' : ';rport'
    const request = SipRequest.create({
      method,
      uri: options.uri ?? this.target,
      headers: [
        ['Via', `SIP/2.0/${phone.transport.toUpperCase()} ${phone.sentBy}${rport};branch=${branch}`],
        ...this.routes.map((route): [string, string] => ['Route', route]),
        ['Max-Forwards', '70'],
        ['From', `"Caller" <sip:caller@${phone.host}>;tag=${this.fromTag}`],
        ['To', `<sip:${this.user}@${phone.server}>${this.toTag === undefined ? '' : `;tag=${this.toTag}`}`],
        ['Call-ID', this.callId],
        ['CSeq', `${options.seq ?? this.seq} ${method}`],
        ['Contact', `<${phone.uri}>`],
      ],
      ...(options.body !== undefined && { body: options.body }),
    })
    if (options.body !== undefined) request.set('Content-Type', 'application/sdp')
    for (const [name, value] of Object.entries(options.headers ?? {})) request.set(name, value)
    return request
  }

  /** Sends a request. */
  send(method: string, options: RequestOptions = {}): SipRequest {
    const request = this.make(method, options)
    if (method === 'INVITE') this.#invite = request
    this.phone.send(request)
    return request
  }

  /** Sends the last INVITE's bytes once more. */
  repeat(request: SipRequest): void {
    this.phone.send(request.clone())
  }

  /** The answer to this Call-ID; status 0 takes any but 100. */
  async response(status: number, method?: string, ms?: number): Promise<SipResponse> {
    const response = await this.phone.responses.take(
      `${status} ${method ?? ''} for ${this.user}`,
      (each) =>
        each.callId === this.callId &&
        (status === 0 ? each.status > 100 : each.status === status) &&
        (method === undefined || each.cseq.method === method),
      ms,
    )
    if (response.cseq.method === 'INVITE' && response.status < 300 && response.to.tag !== undefined)
      this.#learn(response)
    return response
  }

  /** The CANCEL of the last INVITE. */
  cancel(headers: Readonly<Record<string, string>> = {}): SipRequest {
    const invite = this.#sent()
    const cancel = invite.clone()
    cancel.method = 'CANCEL'
    cancel.set('CSeq', `${invite.cseq.number} CANCEL`).remove('Contact').remove('Content-Type')
    cancel.body = ''
    for (const [name, value] of Object.entries(headers)) cancel.set(name, value)
    this.phone.send(cancel)
    return cancel
  }

  /** The ACK: of a 2xx a request of its own, of a refusal in the INVITE's branch. */
  ack(response: SipResponse, options: RequestOptions = {}): SipRequest {
    const invite = this.#sent()
    if (response.status < 300) return this.send('ACK', { seq: invite.cseq.number, ...options })
    const ack = invite.clone()
    ack.method = 'ACK'
    ack
      .set('CSeq', `${invite.cseq.number} ACK`)
      .set('To', response.get('To') ?? '')
      .remove('Contact')
      .remove('Content-Type')
    ack.body = ''
    this.phone.send(ack)
    return ack
  }

  /** The tag, target and routes of the dialog that a response makes (RFC 3261 12.1.2). */
  #learn(response: SipResponse): void {
    this.toTag = response.to.tag
    this.target = response.contacts[0]?.uri ?? this.target
    this.routes = response.values('Record-Route').reverse()
  }

  #sent(): SipRequest {
    if (!this.#invite) throw new Error('no INVITE was sent')
    return this.#invite
  }
}

export const sdp = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  'c=IN IP4 127.0.0.1',
  't=0 0',
  'm=audio 16000 RTP/AVP 0',
  'a=rtpmap:0 PCMU/8000',
  '',
].join('\r\n')

export const otherSdp = sdp.replace('16000', '16002').replace('o=- 1 1', 'o=- 1 2')
