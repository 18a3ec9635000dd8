import { asError } from '../../core/errors.ts'
import type { SipCallId } from '../../core/ids.ts'
import { TypedEmitter } from '../../core/typed-emitter.ts'
import { DialogSession, type LegDeps } from './dialog-session.ts'
import type { DialRequest } from './dial-request.ts'
import { reasonHeader, type HangupReason } from './hangup-reason.ts'
import type { LegEvents, SipLeg } from './sip-leg.ts'
import { isSrfRefusal, type SrfConnection, type SrfDialog, type SrfRequest } from './srf.ts'

export type DialResult =
  | { readonly kind: 'answered'; readonly remoteSdp: string }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  | { readonly kind: 'cancelled' }

/** A leg that this side starts: INVITE sent on construction, one `result`, and events from then on. */
export class OutboundLeg implements SipLeg {
  readonly events = new TypedEmitter<LegEvents>()
  /** Resolves once, never rejects. */
  readonly result: Promise<DialResult>
  readonly #deps: LegDeps
  readonly #ringing = new TypedEmitter<{ ringing: [] }>()
  #request: SrfRequest | undefined
  #session: DialogSession | undefined
  #settleLost: (result: DialResult) => void = () => undefined
  #cancelledBecause: HangupReason | undefined
  #isOver = false

  constructor(srf: SrfConnection, dial: DialRequest, deps: LegDeps) {
    this.#deps = deps
    const lost = new Promise<DialResult>((resolve) => (this.#settleLost = resolve))
    this.result = Promise.race([this.#invite(srf, dial), lost])
  }

  get sipCallId(): SipCallId {
    return (this.#request?.get('call-id') ?? '') as SipCallId
  }

  get isEnded(): boolean {
    return this.#isOver || (this.#session?.isEnded ?? false)
  }

  onRinging(listener: () => void): void {
    this.#ringing.on('ringing', listener)
  }

  /** Cancels before the answer, hangs up after it; an answer that crosses the CANCEL is hung up as well. */
  async hangUp(reason: HangupReason): Promise<void> {
    if (this.#session) return this.#session.hangUp(reason)
    if (this.#isOver || this.#cancelledBecause) return
    this.#cancelledBecause = reason
    this.#sendCancel()
  }

  lost(): void {
    if (this.#session) return this.#session.lost()
    if (this.#isOver) return
    this.#isOver = true
    this.#settleLost({ kind: 'refused', status: 503, reason: 'the SIP edge is lost' })
    this.events.emit('over')
  }

  async #invite(srf: SrfConnection, dial: DialRequest): Promise<DialResult> {
    const { uri, proxy, headers, localSdp } = dial
    try {
      const dialog = await srf.createUAC(
        uri,
        { headers, localSdp, proxy },
        {
          cbRequest: (_error, request) => this.#sent(request),
          cbProvisional: (response) => {
            if (response.status > 100) this.#ringing.emit('ringing')
          },
        },
      )
      return await this.#answered(dialog)
    } catch (thrown) {
      this.#isOver = true
      this.events.emit('over')
      return this.#refused(thrown)
    }
  }

  #sent(request: SrfRequest | undefined): void {
    this.#request = request
    if (this.#cancelledBecause) this.#sendCancel()
  }

  async #answered(dialog: SrfDialog): Promise<DialResult> {
    this.#session = new DialogSession(dialog, this.events, this.#deps)
    if (!this.#cancelledBecause) return { kind: 'answered', remoteSdp: dialog.remote.sdp }
    await this.#session.hangUp(this.#cancelledBecause)
    return { kind: 'cancelled' }
  }

  #refused(thrown: unknown): DialResult {
    if (this.#cancelledBecause) return { kind: 'cancelled' }
    if (isSrfRefusal(thrown)) return { kind: 'refused', status: thrown.status, reason: thrown.reason }
    this.#deps.log.warn({ err: asError(thrown) }, 'an INVITE could not be sent')
    return { kind: 'refused', status: 503, reason: 'not sent' }
  }

  #sendCancel(): void {
    if (!this.#request || !this.#cancelledBecause) return
    this.#request.cancel({ headers: reasonHeader(this.#cancelledBecause) }, (err) => {
      if (err) this.#deps.log.info({ err }, 'the CANCEL could not be sent')
    })
  }
}
