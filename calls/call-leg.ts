import type { Clock } from '../core/clock.ts'
import { asError } from '../core/errors.ts'
import { newId, type DeviceId, type UserId } from '../core/ids.ts'
import type { Logger } from '../core/logger.ts'
import { TypedEmitter } from '../core/typed-emitter.ts'
import type { Endpoint } from '../media/endpoint.ts'
import type { HangupReason } from '../sip/agent/hangup-reason.ts'
import type { MediaOffer, SipLeg } from '../sip/agent/sip-leg.ts'
import type { CallLeg as LegRecord, CallQuality, LegOutcome, LegRole } from '../store/call-record.ts'

/** How a party dropped out: by itself, because nothing is heard of it any more, or because our side broke. */
export type LegLoss = 'cancelled' | 'hung-up' | 'edge-lost' | 'media-lost' | 'media-failed'

export interface CallLegOptions {
  readonly role: LegRole
  readonly sip: SipLeg
  readonly userId: UserId
  readonly deviceId: DeviceId
  readonly contact?: string
  readonly clock: Clock
  readonly log: Logger
}

/** One party's part of a call: a SIP dialog joined with its media endpoint. */
export class CallLeg {
  readonly id = newId('leg')
  readonly role: LegRole
  readonly sip: SipLeg
  readonly userId: UserId
  readonly deviceId: DeviceId
  readonly events = new TypedEmitter<{ gone: [loss: LegLoss] }>()
  readonly #contact: string | undefined
  readonly #clock: Clock
  readonly #log: Logger
  readonly #startedAtMs: number
  #endpoint: Endpoint | undefined
  #ringingAtMs: number | undefined
  #answeredAtMs: number | undefined
  #endedAtMs: number | undefined
  #outcome: LegOutcome | undefined
  #sipStatus: number | undefined
  #quality: CallQuality | undefined

  constructor(options: CallLegOptions) {
    this.role = options.role
    this.sip = options.sip
    this.userId = options.userId
    this.deviceId = options.deviceId
    this.#contact = options.contact
    this.#clock = options.clock
    this.#log = options.log
    this.#startedAtMs = options.clock.now()
    this.sip.events.on('ended', (end) => this.events.emit('gone', end))
    this.sip.events.on('offered', (offer) => void this.#renegotiate(offer))
    this.sip.events.on('completed', (sdp) => void this.#complete(sdp))
  }

  get endpoint(): Endpoint | undefined {
    return this.#endpoint
  }

  get isHeld(): boolean {
    return this.#endpoint?.isHeldByPeer ?? false
  }

  get answeredAtMs(): number | undefined {
    return this.#answeredAtMs
  }

  attach(endpoint: Endpoint): Endpoint {
    this.#endpoint = endpoint
    // A phone on hold may be silent for as long as it likes.
    endpoint.events.on('lost', () => {
      if (!endpoint.isHeldByPeer) this.events.emit('gone', 'media-lost')
    })
    endpoint.events.on('closed', (reason) => {
      if (reason !== 'closed') this.events.emit('gone', 'media-failed')
    })
    return endpoint
  }

  rang(): void {
    this.#ringingAtMs ??= this.#clock.now()
  }

  answered(): void {
    this.#answeredAtMs ??= this.#clock.now()
    this.#sipStatus = 200
  }

  /** Ends the dialog and gives the media back; the first outcome stands. */
  async end(reason: HangupReason, outcome: LegOutcome, sipStatus?: number): Promise<void> {
    if (this.#endedAtMs !== undefined) return
    this.#endedAtMs = this.#clock.now()
    this.#outcome = outcome
    this.#sipStatus ??= sipStatus
    this.#quality = this.#endpoint && qualityOf(this.#endpoint)
    await Promise.all([this.sip.hangUp(reason), this.#endpoint?.close()])
  }

  /** What the call record keeps of this leg. */
  toRecord(): LegRecord {
    return {
      id: this.id,
      role: this.role,
      sipCallId: this.sip.sipCallId,
      userId: this.userId,
      deviceId: this.deviceId,
      contact: this.#contact,
      startedAtMs: this.#startedAtMs,
      ringingAtMs: this.#ringingAtMs,
      answeredAtMs: this.#answeredAtMs,
      endedAtMs: this.#endedAtMs,
      outcome: this.#outcome,
      sipStatus: this.#sipStatus,
      quality: this.#quality,
    }
  }

  /** The phone changes its media: hold, resume, another address. Without an offer it gets ours (RFC 3261 14.2). */
  async #renegotiate(offer: MediaOffer): Promise<void> {
    try {
      if (!this.#endpoint) return offer.refuse()
      const answer = offer.sdp === undefined ? await this.#endpoint.offer() : await this.#endpoint.accept(offer.sdp)
      if (answer === undefined) offer.refuse()
      else offer.answer(answer)
    } catch (thrown) {
      this.#log.warn({ err: asError(thrown), legId: this.id }, 'a re-INVITE was refused')
      offer.refuse()
    }
  }

  async #complete(sdp: string): Promise<void> {
    try {
      await this.#endpoint?.accept(sdp)
    } catch (thrown) {
      this.#log.warn({ err: asError(thrown), legId: this.id }, 'the answer in an ACK cannot be used')
      this.events.emit('gone', 'media-failed')
    }
  }
}

function qualityOf(endpoint: Endpoint): CallQuality {
  const { packetsReceived, packetsLost, jitterMs, roundTripMs, mos } = endpoint.stats()
  return { packetsReceived, packetsLost, jitterMs, roundTripMs, mos }
}
