import { randomUUID } from 'node:crypto'
import { SipRequest } from '../../../sip/edge/message/sip-request.ts'
import { SipResponse } from '../../../sip/edge/message/sip-response.ts'
import { answersChallenge } from './answers-challenge.ts'
import { IncomingCall } from './incoming-call.ts'
import { drawLadder } from './ladder.ts'
import { Milestones } from './milestones.ts'
import { OutgoingCall } from './outgoing-call.ts'
import type { CallContext, PhoneCall } from './phone-call.ts'
import { RtpSession } from './rtp-session.ts'
import { SipSocket, type Peer, type SipSocketOptions, type TracedMessage } from './sip-socket.ts'
import { newTag, Transactions } from './transactions.ts'
import { patienceMs, within } from './within.ts'

export interface TestPhoneOptions extends SipSocketOptions {
  readonly username: string
  readonly password: string
  /** The domain of its address, and of the numbers it dials. */
  readonly domain: string
  /** How tests call it. Default its user name. */
  readonly name?: string
  /** The tone it sends in every call, in Hz. Default: silence. */
  readonly toneHz?: number
  /** How much sound each of its packets holds, in ms. Default 20. */
  readonly ptimeMs?: number
}

/**
 * What the phone does with a call that comes in: rings and waits for the test, waits without ringing,
 * refuses with a status, or does not react at all.
 */
export type Reaction = 'rings' | 'waits' | 'vanishes' | number

/**
 * A scriptable telephone: real SIP over UDP or TCP, real sound in RTP, no sound card.
 * Its methods read as what a person does and notices, and wait for what they expect, up to some seconds:
 *
 *     await alice.dials('1002')
 *     await bob.rings()
 *     await bob.answers()
 *     await alice.hears(440)
 *
 * They speak about the newest call. Every error shows the messages that the phone has seen.
 */
export class TestPhone {
  readonly options: TestPhoneOptions
  /** What it does with calls that come in. */
  reaction: Reaction = 'rings'
  readonly #socket: SipSocket
  readonly #transactions: Transactions
  readonly #calls = new Map<string, PhoneCall>()
  /** Calls whose sound is being opened: a CANCEL may come that early. */
  readonly #opening = new Map<string, Promise<void>>()
  readonly #arrivals: Milestones<{ call: IncomingCall; request: SipRequest }>
  readonly #registrationId = randomUUID()
  readonly #tag = newTag()
  #sequence = 0
  #call: PhoneCall | undefined

  private constructor(options: TestPhoneOptions, socket: SipSocket) {
    this.options = options
    this.#socket = socket
    this.#transactions = new Transactions(socket)
    this.#arrivals = new Milestones({ whose: () => this.name, story: () => this.ladder() })
    this.#transactions.events.on('request', (request, from) => void this.#receive(request, from))
    this.#transactions.events.on('repeated', (response) => {
      const call = this.#calls.get(response.callId)
      if (call instanceof OutgoingCall) call.acknowledgeAgain()
    })
  }

  static async open(options: TestPhoneOptions): Promise<TestPhone> {
    return new TestPhone(options, await SipSocket.open(options))
  }

  get name(): string {
    return this.options.name ?? this.options.username
  }

  /** The newest call. @throws Error when there was none */
  get call(): PhoneCall {
    if (!this.#call) throw new Error(`${this.name} has no call`)
    return this.#call
  }

  /** Its own address and port, as messages show them. */
  get address(): string {
    return `${this.#socket.host}:${this.#socket.port}`
  }

  /** Where others reach it. */
  get contact(): string {
    const transport = this.#socket.transport === 'tcp' ? ';transport=tcp' : ''
    return `sip:${this.options.username}@${this.address}${transport}`
  }

  /** Every message sent and received. */
  get trace(): readonly TracedMessage[] {
    return this.#socket.trace
  }

  /** The messages as arrows. */
  ladder(): string {
    return drawLadder(this.trace, new Map([[this.address, this.name]]))
  }

  /** Messages for which this holds are lost on the way, in either direction. */
  losesMessages(loses: (message: SipRequest | SipResponse, isSent: boolean) => boolean): void {
    this.#socket.loses = loses
  }

  /** @throws Error when the server does not accept it */
  async registers(expiresS = 300): Promise<void> {
    const response = await this.triesToRegister(expiresS)
    if (response.status !== 200) throw new Error(`${this.name}: REGISTER answered ${response.status}\n${this.ladder()}`)
  }

  unregisters(): Promise<void> {
    return this.registers(0)
  }

  /** Registers, and gives whatever final answer there was. */
  triesToRegister(expiresS = 300, headers: Readonly<Record<string, string>> = {}): Promise<SipResponse> {
    return this.sends('REGISTER', `sip:${this.options.domain}`, {
      Contact: `<${this.contact}>`,
      Expires: String(expiresS),
      ...headers,
    })
  }

  /** A request outside of calls; challenges are answered. Resolves with the final response. */
  async sends(
    method: string,
    uri: string,
    headers: Readonly<Record<string, string>> = {},
    body = '',
  ): Promise<SipResponse> {
    const first = this.#request(method, uri, headers, body)
    const answer = await this.#transactions.send(first)
    const authorization = answersChallenge(answer, { ...this.options, request: first })
    if (!authorization) return answer
    return this.#transactions.send(this.#request(method, uri, { ...headers, ...authorization }, body))
  }

  /** Starts a call; does not wait for anything. @param to  a number, or a whole SIP URI */
  async dials(to: string, headers: Readonly<Record<string, string>> = {}): Promise<OutgoingCall> {
    const call = new OutgoingCall(this.#context(), await this.#openSound(), {
      to: /^sips?:/.test(to) ? to : `sip:${to}@${this.options.domain}`,
      from: this.#ownUri,
      credentials: this.options,
      headers,
    })
    this.#calls.set(call.callId, call)
    this.#call = call
    call.start()
    return call
  }

  /** Waits for the next call to come in; each call is given once. */
  async rings(ms = patienceMs): Promise<IncomingCall> {
    const call = await this.#arrivals.next('call', ms)
    this.#call = call
    return call
  }

  async answers(): Promise<void> {
    this.#incoming().answers()
  }

  async declines(status = 603): Promise<void> {
    this.#incoming().declines(status)
  }

  /** Waits until the other end rings. */
  isRinging(ms?: number): Promise<number> {
    return this.call.milestones.first('ringing', ms)
  }

  isAnswered(ms?: number): Promise<SipResponse> {
    return this.call.milestones.first('answered', ms)
  }

  /** Waits until the call is refused, and gives the status. */
  async isRefused(ms?: number): Promise<number> {
    return (await this.call.milestones.first('refused', ms)).status
  }

  /** Waits until the caller has given up, and gives the CANCEL's Reason. */
  isCancelled(ms?: number): Promise<string> {
    return this.call.milestones.first('cancelled', ms)
  }

  /** Waits until the other end has hung up, and gives the BYE's Reason. */
  isHungUp(ms?: number): Promise<string> {
    return this.call.milestones.first('hungUp', ms)
  }

  async cancels(): Promise<void> {
    if (!(this.call instanceof OutgoingCall)) throw new Error(`${this.name} did not make this call`)
    this.call.cancels()
  }

  async hangsUp(): Promise<void> {
    await this.call.hangsUp()
  }

  holds(): Promise<void> {
    return this.call.holds()
  }

  resumes(): Promise<void> {
    return this.call.resumes()
  }

  async presses(digits: string): Promise<void> {
    this.call.rtp.press(digits)
  }

  async plays(tone: number | 'silence'): Promise<void> {
    if (tone === 'silence') this.call.rtp.voice.silence()
    else this.call.rtp.voice.tone(tone)
  }

  /** Waits for a tone, for anything audible, or for 300 ms of silence. */
  async hears(what: number | 'sound' | 'silence', ms = patienceMs): Promise<void> {
    const { ear, counts } = this.call.rtp
    const heard = what === 'sound' ? ear.sound() : what === 'silence' ? ear.silence(300) : ear.tone(what)
    const missing = () => `${this.name} hears ${what}${what === 'sound' || what === 'silence' ? '' : ' Hz'}`
    await within(ms, () => `${missing()} (${counts.received} packets came)\n${this.ladder()}`, heard)
  }

  /** Waits for a request outside of calls, such as NOTIFY or OPTIONS; it was answered with 200. */
  receives(ms?: number): Promise<SipRequest> {
    return this.#arrivals.next('request', ms)
  }

  /** Ends without a word to anybody, like a phone that is unplugged. */
  close(): void {
    for (const call of this.#calls.values()) call.abandon()
    this.#transactions.close()
    this.#socket.close()
  }

  get #ownUri(): string {
    return `sip:${this.options.username}@${this.options.domain}`
  }

  #incoming(): IncomingCall {
    if (!(this.call instanceof IncomingCall)) throw new Error(`${this.name} was not called`)
    return this.call
  }

  #context(): CallContext {
    return {
      name: this.name,
      localAddress: this.#socket.host,
      contact: this.contact,
      transactions: this.#transactions,
      story: () => this.ladder(),
    }
  }

  async #openSound(): Promise<RtpSession> {
    const rtp = await RtpSession.open(this.#socket.host, this.options.ptimeMs)
    if (this.options.toneHz !== undefined) rtp.voice.tone(this.options.toneHz)
    return rtp
  }

  #request(method: string, uri: string, headers: Readonly<Record<string, string>>, body: string): SipRequest {
    this.#sequence += 1
    const own = `<${this.#ownUri}>`
    return SipRequest.create({
      method,
      uri,
      headers: {
        'Max-Forwards': '70',
        From: `${own};tag=${this.#tag}`,
        To: method === 'REGISTER' ? own : `<${uri}>`,
        'Call-ID': this.#registrationId,
        CSeq: `${this.#sequence} ${method}`,
        ...headers,
      },
      body,
    })
  }

  async #receive(request: SipRequest, from: Peer): Promise<void> {
    await this.#opening.get(request.callId)
    const known = this.#calls.get(request.callId)
    if (known) known.receive(request, from)
    else if (request.method === 'INVITE') this.#opening.set(request.callId, this.#receiveCall(request, from))
    else if (request.method !== 'ACK') {
      const status = request.method === 'BYE' || request.method === 'CANCEL' ? 481 : 200
      this.#transactions.respond(request, SipResponse.to(request, status), from)
      this.#arrivals.reach('request', request)
    }
  }

  async #receiveCall(invite: SipRequest, from: Peer): Promise<void> {
    if (this.reaction === 'vanishes') return
    const call = new IncomingCall(this.#context(), await this.#openSound(), invite, from)
    this.#calls.set(call.callId, call)
    if (this.reaction === 'rings') call.rings()
    if (typeof this.reaction === 'number') call.declines(this.reaction)
    this.#arrivals.reach('call', call)
  }
}
