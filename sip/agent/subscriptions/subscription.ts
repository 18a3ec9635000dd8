import type { Clock, Timer } from '../../../core/clock.ts'
import { asError } from '../../../core/errors.ts'
import type { Logger } from '../../../core/logger.ts'
import type { SipAccount } from '../accounts.ts'
import type { EventPackage, Watched } from './event-package.ts'
import type { SubscriptionDialog } from './subscription-dialog.ts'

/** Why a subscription ends (RFC 6665 4.2.2). `giveup`: the watcher did not take a NOTIFY. */
export type SubscriptionEnd = 'timeout' | 'rejected' | 'giveup' | 'probation'

export interface SubscriptionParts {
  readonly eventPackage: EventPackage
  readonly watcher: SipAccount
  readonly watched: Watched
  readonly dialog: SubscriptionDialog
  readonly clock: Clock
  readonly log: Logger
  /** Looked at before each NOTIFY: a phone may be taken away from its user at any time. */
  readonly isAllowed: () => boolean
  readonly onEnd: () => void
}

/** A watcher hears of a change at most this often; what happens in between is told by its last state. */
const quietMs = 1000
const retryAfterSeconds = 30

/** One watcher of one thing, from its first NOTIFY to its last. */
export class Subscription {
  readonly #parts: SubscriptionParts
  #version = 0
  #endsAtMs = 0
  #expiry: Timer | undefined
  #quiet: Timer | undefined
  #sending: Promise<void> | undefined
  #isStale = false
  #ending: Promise<void> | undefined

  constructor(parts: SubscriptionParts) {
    this.#parts = parts
  }

  /** Begins it, or gives it more time; either way the watcher is told the state (RFC 6665 4.2.1.2). */
  renew(seconds: number): void {
    if (this.#ending) return
    const { clock } = this.#parts
    this.#expiry?.cancel()
    this.#endsAtMs = clock.monotonicMs() + seconds * 1000
    this.#expiry = clock.after(seconds * 1000, () => void this.end('timeout'))
    this.changed()
  }

  /** What is watched has another state now. */
  changed(): void {
    this.#isStale = true
    this.#tell()
  }

  /** Ends it with a last NOTIFY; resolves when that is answered. The first reason stands. */
  end(reason: SubscriptionEnd): Promise<void> {
    this.#ending ??= this.#end(reason)
    return this.#ending
  }

  /** Ends it without a word: its dialog is gone already. */
  drop(): void {
    if (this.#ending) return
    this.#ending = Promise.resolve()
    this.#stop()
  }

  #tell(): void {
    if (this.#ending || !this.#isStale || this.#quiet || this.#sending) return
    if (!this.#parts.isAllowed()) return void this.end('rejected')
    this.#isStale = false
    this.#quiet = this.#parts.clock.after(quietMs, () => {
      this.#quiet = undefined
      this.#tell()
    })
    this.#sending = this.#tellState()
  }

  async #tellState(): Promise<void> {
    const failure = await this.#notifyState()
    this.#sending = undefined
    if (failure) void this.end(failure)
    else this.#tell()
  }

  /** Returns why the subscription cannot go on, if so. */
  async #notifyState(): Promise<SubscriptionEnd | undefined> {
    let text: string
    try {
      text = await this.#document()
    } catch (thrown) {
      this.#parts.log.error({ err: asError(thrown) }, 'what is watched could not be read')
      return 'probation'
    }
    const leftMs = Math.max(0, this.#endsAtMs - this.#parts.clock.monotonicMs())
    const isTaken = await this.#notify(`active;expires=${Math.ceil(leftMs / 1000)}`, text)
    return isTaken ? undefined : 'giveup'
  }

  async #end(reason: SubscriptionEnd): Promise<void> {
    this.#stop()
    await this.#sending
    const mayKnow = reason === 'timeout' && this.#parts.isAllowed()
    const text = mayKnow ? await this.#document().catch(() => undefined) : undefined
    const retry = reason === 'probation' ? `;retry-after=${retryAfterSeconds}` : ''
    // Also to a watcher who took no NOTIFY: it is what makes the edge forget the dialog.
    await this.#notify(`terminated;reason=${reason}${retry}`, text)
  }

  #stop(): void {
    this.#expiry?.cancel()
    this.#quiet?.cancel()
    this.#parts.onEnd()
  }

  async #document(): Promise<string> {
    const { eventPackage, watched } = this.#parts
    return eventPackage.body(watched, { version: this.#version++ })
  }

  async #notify(state: string, text: string | undefined): Promise<boolean> {
    const { dialog, eventPackage, log } = this.#parts
    const document = text === undefined ? undefined : { contentType: eventPackage.contentType, text }
    try {
      const status = await dialog.notify({ state, document })
      if (status < 300) return true
      log.info({ status, event: eventPackage.name }, 'a watcher does not take its NOTIFY')
    } catch (thrown) {
      log.info({ err: asError(thrown), event: eventPackage.name }, 'a NOTIFY could not be sent')
    }
    return false
  }
}
