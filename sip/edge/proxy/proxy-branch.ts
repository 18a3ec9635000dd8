import type { EdgeContext } from '../core/edge-context.ts'
import { localAnswer } from '../core/local-answer.ts'
import { RequestAttempts } from '../core/request-attempts.ts'
import type { RequestRoute } from '../core/request-router.ts'
import type { RequestRoutes } from '../core/request-routes.ts'
import { sendInTransaction } from '../core/send-request.ts'
import type { SipRequest } from '../message/sip-request.ts'
import type { SipResponse } from '../message/sip-response.ts'
import type { ClientUser } from '../transaction/invite-client-transaction.ts'
import { makeCancel } from '../transaction/make-cancel.ts'
import type { QueuedTimer } from '../transaction/timer-queue.ts'
import type { Flow } from '../transport/flow.ts'

/** Nobody waits for the answer to a CANCEL of ours. */
const nobody = { answered: () => undefined, failed: () => undefined }

export interface BranchOptions {
  /** Without our Via. */
  readonly request: SipRequest
  readonly route: RequestRoute
  readonly others: RequestRoutes
  readonly branchEnd: string
  /** How long until the first answer of any kind, and until the final one. */
  readonly provisionalMs: number | undefined
  readonly finalMs: number
}

export interface BranchObserver {
  progressed(branch: ProxyBranch, response: SipResponse): void
  /** Each 2xx, repeated ones too. */
  accepted(branch: ProxyBranch, response: SipResponse, flow: Flow): void
  /** Once; without `flow` it was made here. */
  refused(branch: ProxyBranch, response: SipResponse, flow: Flow | undefined): void
}

/** One target of a request that is forwarded. */
export class ProxyBranch implements ClientUser {
  readonly #context: EdgeContext
  readonly #options: BranchOptions
  readonly #observer: BranchObserver
  readonly #attempts: RequestAttempts
  #isOver = false
  /** What its CANCEL says, once it is to be cancelled. */
  #cancelHeaders: readonly (readonly [name: string, value: string])[] | undefined
  #isCancelSent = false
  #provisionalTimer: QueuedTimer | undefined
  #finalTimer: QueuedTimer | undefined

  constructor(context: EdgeContext, options: BranchOptions, observer: BranchObserver) {
    this.#context = context
    this.#options = options
    this.#observer = observer
    this.#attempts = new RequestAttempts(context, options.request, options, this)
  }

  /** Whether it has its final answer, or was given up. */
  get isOver(): boolean {
    return this.#isOver
  }

  start(): void {
    const { request, provisionalMs, finalMs } = this.#options
    const { timers } = this.#context
    if (provisionalMs !== undefined) this.#provisionalTimer = timers.after(provisionalMs, () => this.#giveUp())
    // Timer C (RFC 3261 16.6 step 11); a request other than INVITE has timer F.
    if (request.method === 'INVITE') this.#finalTimer = timers.after(finalMs, () => this.#giveUp())
    this.#attempts.start()
  }

  /** Nobody wants its answer any more: it is cancelled as soon as that is allowed (RFC 3261 9.1). */
  cancel(headers: readonly (readonly [name: string, value: string])[] = []): void {
    if (this.#cancelHeaders || this.#options.request.method !== 'INVITE') return
    this.#cancelHeaders = headers
    this.#attempts.settle()
    this.#sendCancel()
  }

  answered(response: SipResponse, flow: Flow): void {
    const { status } = response
    this.#context.counters.responseIn(status)
    if (status < 200) return this.#progressed(response)
    this.#stopTimers()
    if (status < 300) {
      this.#isOver = true
      return this.#observer.accepted(this, response, flow)
    }
    if (this.#isOver) return
    this.#isOver = true
    this.#observer.refused(this, response, flow)
  }

  failed(reason: 'timeout' | 'transport', error?: Error): void {
    this.#refuse(localAnswer(this.#attempts.request, reason, error))
  }

  #progressed(response: SipResponse): void {
    this.#provisionalTimer?.cancel()
    if (this.#cancelHeaders) this.#sendCancel()
    else if (response.status > 100 && !this.#isOver) this.#observer.progressed(this, response)
  }

  #sendCancel(): void {
    const { request, route, transaction } = this.#attempts
    if (!this.#cancelHeaders || this.#isCancelSent || transaction?.state !== 'proceeding') return
    this.#isCancelSent = true
    sendInTransaction(this.#context, makeCancel(request, this.#cancelHeaders), route, nobody)
    if (transaction.kind === 'invite-client') transaction.cancelSent()
  }

  /** It takes too long: the next target is tried, and this one is cancelled if it ever answers. */
  #giveUp(): void {
    this.cancel()
    this.#refuse(localAnswer(this.#attempts.request, 'timeout'))
  }

  #refuse(response: SipResponse): void {
    this.#stopTimers()
    if (this.#isOver) return
    this.#isOver = true
    this.#observer.refused(this, response, undefined)
  }

  #stopTimers(): void {
    this.#provisionalTimer?.cancel()
    this.#finalTimer?.cancel()
  }
}
