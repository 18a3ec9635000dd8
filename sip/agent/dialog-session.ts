import type { Clock } from '../../core/clock.ts'
import { asError } from '../../core/errors.ts'
import type { Logger } from '../../core/logger.ts'
import type { TypedEmitter } from '../../core/typed-emitter.ts'
import { digitOfInfo } from './digit-of-info.ts'
import { reasonHeader, type HangupReason } from './hangup-reason.ts'
import type { LegEvents } from './sip-leg.ts'
import type { SrfDialog, SrfRequest, SrfResponse } from './srf.ts'

/** How long the answer to a BYE is waited for: a phone that lost its power must not hold up the end of a call. */
const byeMs = 1000

export interface LegDeps {
  readonly clock: Clock
  readonly log: Logger
}

/** The confirmed dialog below a leg: turns what drachtio-srf emits into the leg's events, and ends it once. */
export class DialogSession {
  readonly #dialog: SrfDialog
  readonly #events: TypedEmitter<LegEvents>
  readonly #clock: Clock
  readonly #log: Logger
  #isEnded = false

  constructor(dialog: SrfDialog, events: TypedEmitter<LegEvents>, { clock, log }: LegDeps) {
    this.#dialog = dialog
    this.#events = events
    this.#clock = clock
    this.#log = log
    dialog.on('destroy', () => {
      if (this.#isEnded) return
      this.#isEnded = true
      events.emit('ended', 'hung-up')
      events.emit('over')
    })
    dialog.on('ack', (ack) => {
      if (ack.body) events.emit('completed', ack.body)
    })
    dialog.on('modify', (request, response) => this.#offered(request, response))
    dialog.on('update', (request, response) => this.#updated(request, response))
    dialog.on('info', (request, response) => this.#informed(request, response))
    // Without a listener drachtio-srf would accept a transfer and then do nothing about it.
    dialog.on('refer', (_request, response) => response.send(603))
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  async hangUp(reason: HangupReason): Promise<void> {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#events.emit('over')
    const answered = new AbortController()
    const sent = this.#dialog.destroy({ headers: reasonHeader(reason) }).catch((thrown: unknown) => {
      // The far end or the edge is gone already: the leg is over either way.
      this.#log.info({ err: asError(thrown), dialogId: this.#dialog.id }, 'the BYE could not be sent')
    })
    const waited = this.#clock.sleep(byeMs, answered.signal).catch(() => undefined)
    await Promise.race([sent, waited])
    answered.abort()
  }

  /** The edge and every dialog on it are gone: there is nobody to say BYE to. */
  lost(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#events.emit('ended', 'edge-lost')
    this.#events.emit('over')
  }

  #offered(request: SrfRequest, response: SrfResponse): void {
    const headers = { 'Content-Type': 'application/sdp' }
    this.#events.emit('offered', {
      sdp: request.body || undefined,
      answer: (sdp) => response.send(200, { body: sdp, headers }),
      refuse: () => response.send(488),
    })
  }

  #updated(request: SrfRequest, response: SrfResponse): void {
    // An UPDATE without a body only refreshes the session (RFC 4028).
    if (request.body) this.#offered(request, response)
    else response.send(200)
  }

  #informed(request: SrfRequest, response: SrfResponse): void {
    response.send(200)
    const digit = digitOfInfo(request.get('content-type') ?? '', request.body)
    if (digit) this.#events.emit('digit', digit)
  }
}
