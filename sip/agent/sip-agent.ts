import type { Clock } from '../../core/clock.ts'
import type { Logger } from '../../core/logger.ts'
import { TypedEmitter } from '../../core/typed-emitter.ts'
import type { SipAccount } from './accounts.ts'
import type { Authenticator } from './authenticator.ts'
import type { DialRequest } from './dial-request.ts'
import { InboundLeg } from './inbound-leg.ts'
import { onRequest } from './on-request.ts'
import { OutboundLeg } from './outbound-leg.ts'
import type { RefusalLog } from './refusal-log.ts'
import type { Registrar } from './registrar.ts'
import { sendAnswer } from './send-answer.ts'
import type { RequestView, SipAnswer, SipSource } from './sip-source.ts'
import {
  createSrf,
  disconnectSrf,
  type SrfConnection,
  type SrfHeaders,
  type SrfRequest,
  type SrfResponse,
} from './srf.ts'
import { sourceOf, viewOf } from './srf-view.ts'
import { subscribeRequestOf } from './subscriptions/srf-subscribe.ts'
import type { SubscriptionTaker } from './subscriptions/subscribe-request.ts'

export interface SipAgentOptions {
  readonly authenticator: Authenticator
  readonly registrar: Registrar
  readonly refusals: RefusalLog
  readonly clock: Clock
  readonly log: Logger
}

/** The control port of the built-in edge or of a drachtio-server. */
export interface EdgeAddress {
  readonly host: string
  readonly port: number
  readonly secret: string
}

export interface SipAgentEvents {
  connected: []
  disconnected: []
}

/** Takes the call that an authenticated device placed. */
export type InviteHandler = (leg: InboundLeg, account: SipAccount) => Promise<void>

/** What this program answers, for Allow headers (RFC 3261 20.5). */
export const allowedMethods = 'INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, UPDATE, INFO, SUBSCRIBE'
const refusedMethods = ['publish', 'notify', 'message', 'refer', 'info'] as const

/** drachtio-srf waits longer after each failed attempt to connect; this is where it stops growing. */
const longestRetryMs = 2000

/** The application's side of the control connection: requests in, calls out, one connection to one edge. */
export class SipAgent {
  readonly events = new TypedEmitter<SipAgentEvents>()
  readonly #options: SipAgentOptions
  readonly #srf: SrfConnection
  readonly #legs = new Set<InboundLeg | OutboundLeg>()
  #isStarted = false
  #isConnected = false
  #isClosed = false
  #takeInvite: InviteHandler | undefined
  #subscriptions: SubscriptionTaker | undefined

  constructor(options: SipAgentOptions) {
    this.#options = options
    this.#srf = createSrf()
    this.#srf.on('connect', (error) => this.#connected(error))
    this.#srf.on('close', () => this.#disconnected())
    // Without a listener drachtio-srf throws; with one it tries again by itself.
    this.#srf.on('error', (err) => options.log.warn({ err }, 'the connection to the SIP edge failed'))
    this.#handle('register', (request, response) => this.#register(request, response))
    this.#handle('invite', (request, response) => this.#invite(request, response))
    this.#handle('subscribe', (request, response) => this.#subscribe(request, response))
    this.#handle('options', async (_request, response) => response.send(200, { headers: this.#abilities }))
    for (const method of refusedMethods) {
      this.#handle(method, async (_request, response) => response.send(405, { headers: { Allow: allowedMethods } }))
    }
  }

  get isConnected(): boolean {
    return this.#isConnected
  }

  onInvite(take: InviteHandler): void {
    this.#takeInvite = take
  }

  onSubscribe(taker: SubscriptionTaker): void {
    this.#subscriptions = taker
  }

  /** What a request without credentials is answered, for an edge that can answer by itself. */
  challenge(request: RequestView, source: SipSource): SipAnswer | undefined {
    const result = this.#options.authenticator.authenticate(request)
    if (result.kind === 'authenticated') return undefined
    this.#options.refusals.note(result.because, request.method, source)
    return result.answer
  }

  /** From now on nobody new is let in; calls that stand go on. */
  drain(): void {
    this.#takeInvite = undefined
    this.#subscriptions = undefined
  }

  /** Connects and keeps connected; resolves with the first connection that authenticated. */
  async connect(edge: EdgeAddress, signal?: AbortSignal): Promise<void> {
    const connected = this.events.next('connected', signal)
    this.#isStarted = true
    const { host, port, secret } = edge
    this.#srf.connect({ host, port, secret, reconnect: { retryMaxDelay: longestRetryMs } })
    await connected
  }

  /** Sends an INVITE; the leg says what comes of it. */
  dial(request: DialRequest): OutboundLeg {
    const leg = new OutboundLeg(this.#srf, request, this.#options)
    this.#legs.add(leg)
    leg.events.once('over', () => this.#legs.delete(leg))
    return leg
  }

  close(): void {
    const wasConnected = this.#isConnected
    this.#isClosed = true
    this.#isConnected = false
    if (this.#isStarted) disconnectSrf(this.#srf, wasConnected)
  }

  /** What an OPTIONS is told. */
  get #abilities(): SrfHeaders {
    const events = this.#subscriptions?.eventNames.join(', ')
    return events ? { Allow: allowedMethods, 'Allow-Events': events } : { Allow: allowedMethods }
  }

  #handle(method: string, handler: (request: SrfRequest, response: SrfResponse) => Promise<void>): void {
    this.#srf.use(method, onRequest(this.#options.log, handler))
  }

  async #register(request: SrfRequest, response: SrfResponse): Promise<void> {
    sendAnswer(response, await this.#options.registrar.handle(viewOf(request), sourceOf(request)))
  }

  async #invite(request: SrfRequest, response: SrfResponse): Promise<void> {
    const account = this.#authenticated(request, response)
    if (!account) return
    if (!this.#takeInvite) {
      response.send(503)
      return
    }
    const leg = new InboundLeg(this.#srf, request, response, this.#options)
    this.#legs.add(leg)
    try {
      await this.#takeInvite(leg, account)
    } finally {
      this.#legs.delete(leg)
    }
  }

  async #subscribe(request: SrfRequest, response: SrfResponse): Promise<void> {
    const account = this.#authenticated(request, response)
    if (!account) return
    if (!this.#subscriptions) {
      response.send(503)
      return
    }
    // RFC 6665 8.1.1; without one no NOTIFY could be sent.
    if (!request.has('contact')) {
      response.send(400, 'Missing Contact')
      return
    }
    await this.#subscriptions.take(subscribeRequestOf(this.#srf, request, response, account))
  }

  /** Undefined when the request was challenged. */
  #authenticated(request: SrfRequest, response: SrfResponse): SipAccount | undefined {
    const result = this.#options.authenticator.authenticate(viewOf(request))
    if (result.kind === 'authenticated') return result.account
    this.#options.refusals.note(result.because, request.method, sourceOf(request))
    sendAnswer(response, result.answer)
    return undefined
  }

  #connected(error: Error | null): void {
    if (error) {
      this.#options.log.error({ err: error }, 'the SIP edge refused the connection: is the secret right?')
      return
    }
    this.#isConnected = true
    // An attempt that was under way when everything else was closed.
    if (this.#isClosed) return this.close()
    this.events.emit('connected')
  }

  #disconnected(): void {
    if (!this.#isConnected) return
    this.#isConnected = false
    this.#options.log.warn({ legs: this.#legs.size }, 'the connection to the SIP edge is lost')
    for (const leg of this.#legs) leg.lost()
    this.#legs.clear()
    this.events.emit('disconnected')
  }
}
