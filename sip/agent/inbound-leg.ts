import type { SipCallId } from '../../core/ids.ts'
import { TypedEmitter } from '../../core/typed-emitter.ts'
import { DialogSession, type LegDeps } from './dialog-session.ts'
import type { HangupReason } from './hangup-reason.ts'
import { sipStatusOf, type RejectionReason } from './rejection.ts'
import type { LegEvents, SipLeg } from './sip-leg.ts'
import type { SrfConnection, SrfRequest, SrfResponse } from './srf.ts'

/** The caller's leg: an INVITE that came in. Ends by `reject`, by `hangUp`, or by the caller. */
export class InboundLeg implements SipLeg {
  readonly sipCallId: SipCallId
  readonly events = new TypedEmitter<LegEvents>()
  readonly #srf: SrfConnection
  readonly #request: SrfRequest
  readonly #response: SrfResponse
  readonly #deps: LegDeps
  #session: DialogSession | undefined
  #isOver = false

  constructor(srf: SrfConnection, request: SrfRequest, response: SrfResponse, deps: LegDeps) {
    this.#srf = srf
    this.#request = request
    this.#response = response
    this.sipCallId = (request.get('call-id') ?? '') as SipCallId
    this.#deps = deps
    request.on('cancel', () => {
      if (this.#isOver || this.#session) return
      this.#isOver = true
      this.events.emit('ended', 'cancelled')
    })
  }

  get request(): SrfRequest {
    return this.#request
  }

  /** The caller's offer; undefined when the caller wants ours (RFC 3264 5, an INVITE without a body). */
  get remoteSdp(): string | undefined {
    return this.#request.body || undefined
  }

  get isEnded(): boolean {
    return this.#isOver || (this.#session?.isEnded ?? false)
  }

  ring(): void {
    if (!this.isEnded && !this.#session) this.#response.send(180)
  }

  /** Sends the 200. Resolves to false when the caller gave up at the same moment. */
  async answer(localSdp: string): Promise<boolean> {
    if (this.#isOver || this.#session) return false
    try {
      const dialog = await this.#srf.createUAS(this.#request, this.#response, { localSdp, headers: {} })
      this.#session = new DialogSession(dialog, this.events, this.#deps)
    } catch (err) {
      this.#deps.log.info({ err, sipCallId: this.sipCallId }, 'the caller was gone before the answer')
      this.#callerGone()
      return false
    }
    return true
  }

  reject(reason: RejectionReason): void {
    if (this.#isOver || this.#session) return
    this.#isOver = true
    this.#response.send(sipStatusOf[reason])
  }

  async hangUp(reason: HangupReason): Promise<void> {
    if (this.#session) return this.#session.hangUp(reason)
    this.reject('failed')
  }

  /** The edge, and with it every dialog, is gone. */
  lost(): void {
    if (this.#session) return this.#session.lost()
    if (this.#isOver) return
    this.#isOver = true
    this.events.emit('ended', 'edge-lost')
  }

  #callerGone(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.events.emit('ended', 'cancelled')
  }
}
