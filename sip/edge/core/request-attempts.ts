import { asError } from '../../../core/errors.ts'
import type { SipRequest } from '../message/sip-request.ts'
import type { SipResponse } from '../message/sip-response.ts'
import type { ClientUser } from '../transaction/invite-client-transaction.ts'
import type { ClientTransaction } from '../transaction/transaction-layer.ts'
import type { Flow } from '../transport/flow.ts'
import type { EdgeContext } from './edge-context.ts'
import type { RequestRoute } from './request-router.ts'
import type { RequestRoutes } from './request-routes.ts'
import { sendInTransaction, stampVia } from './send-request.ts'

export interface Ways {
  readonly route: RequestRoute
  readonly others?: RequestRoutes | undefined
  /** Added to the branch of each attempt. */
  readonly branchEnd?: string
}

/**
 * A request on its way to the first target that takes it: one that fails, or says 503, before anything else came is followed
 * by the next, in a transaction of its own (RFC 3263 4.3).
 */
export class RequestAttempts implements ClientUser {
  readonly #context: EdgeContext
  readonly #bare: SipRequest
  readonly #user: ClientUser
  readonly #branchEnd: string | undefined
  #others: RequestRoutes | undefined
  #route: RequestRoute
  #request: SipRequest
  #transaction: ClientTransaction | undefined

  /** `bare`: the request without Via of ours. */
  constructor(context: EdgeContext, bare: SipRequest, ways: Ways, user: ClientUser) {
    this.#context = context
    this.#bare = bare
    this.#route = ways.route
    this.#others = ways.others
    this.#branchEnd = ways.branchEnd
    this.#user = user
    this.#request = this.#stamped()
  }

  /** The request as it was sent last, or will be sent first. */
  get request(): SipRequest {
    return this.#request
  }

  get route(): RequestRoute {
    return this.#route
  }

  get transaction(): ClientTransaction | undefined {
    return this.#transaction
  }

  start(): void {
    this.#transaction = sendInTransaction(this.#context, this.#request, this.#route, this)
  }

  /** No other target will be tried. */
  settle(): void {
    this.#others = undefined
  }

  answered(response: SipResponse, flow: Flow): void {
    if (response.status === 503 && this.#others?.hasMore) {
      this.#context.counters.responseIn(503)
      return this.#tryNext(() => this.#user.answered(response, flow))
    }
    this.settle()
    this.#user.answered(response, flow)
  }

  failed(reason: 'timeout' | 'transport', error?: Error): void {
    this.#tryNext((last) => this.#user.failed(last ? 'transport' : reason, last ?? error))
  }

  /** Goes on with the next target, or with `giveUp` when there is none. */
  #tryNext(giveUp: (error?: Error) => void): void {
    const others = this.#others
    if (!others?.hasMore) return giveUp()
    others
      .next()
      .then((route) => {
        if (!route || !this.#others) return giveUp()
        this.#route = route
        this.#request = this.#stamped()
        this.start()
      })
      .catch((thrown: unknown) => this.#tryNext(() => giveUp(asError(thrown))))
  }

  #stamped(): SipRequest {
    const request = this.#bare.clone()
    stampVia(request, this.#route, this.#branchEnd)
    return request
  }
}
