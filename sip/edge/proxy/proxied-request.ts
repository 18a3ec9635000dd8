import { asError } from '../../../core/errors.ts'
import { makeAnswer, sendAnswer } from '../core/answer.ts'
import type { EdgeContext } from '../core/edge-context.ts'
import { localAnswer } from '../core/local-answer.ts'
import { nextHopOfRequest } from '../core/next-hop.ts'
import { RequestRoutes } from '../core/request-routes.ts'
import type { SipRequest } from '../message/sip-request.ts'
import type { SipResponse } from '../message/sip-response.ts'
import type { InviteServerUser } from '../transaction/invite-server-transaction.ts'
import type { ServerTransaction } from '../transaction/transaction-layer.ts'
import type { Flow } from '../transport/flow.ts'
import { bestResponse } from './best-response.ts'
import { makeForwarded } from './forward-request.ts'
import { breadthOf, isLoop, loopMark } from './loop-guard.ts'
import { ProxyBranch, type BranchObserver } from './proxy-branch.ts'
import type { RecordRoutes } from './record-route.ts'

/** RFC 3261 16.6 step 11: timer C is longer than three minutes. */
const timerC = 185_000
/** However far redirections lead, there is an end. */
const mostTargets = 64

export interface ProxyOptions {
  readonly destinations: readonly string[]
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly isSimultaneous: boolean
  readonly isFollowingRedirects: boolean
  readonly provisionalMs: number | undefined
  readonly finalMs: number | undefined
  /** Present when later requests of the dialog shall come through here too. */
  readonly recordRoutes: RecordRoutes | undefined
}

export interface ProxyObserver {
  /** Each final answer as it came; without `flow` it was made here. */
  answered(response: SipResponse, flow: Flow | undefined): void
  /** The caller has its answer. */
  finished(): void
}

/** A request that is forwarded to one or several targets (RFC 3261 16). */
export class ProxiedRequest implements InviteServerUser, BranchObserver {
  readonly #context: EdgeContext
  readonly #transaction: ServerTransaction
  readonly #request: SipRequest
  readonly #flow: Flow
  readonly #options: ProxyOptions
  readonly #observer: ProxyObserver
  readonly #waiting: string[]
  readonly #loopMark: string
  /** How many branches may be open at a time. */
  readonly #width: number
  readonly #tried = new Set<string>()
  readonly #branches = new Set<ProxyBranch>()
  readonly #refusals: SipResponse[] = []
  #starting = 0
  #isCancelled = false
  #isFinished = false

  constructor(
    context: EdgeContext,
    transaction: ServerTransaction,
    parts: { readonly request: SipRequest; readonly flow: Flow; readonly options: ProxyOptions },
    observer: ProxyObserver,
  ) {
    this.#context = context
    this.#transaction = transaction
    this.#request = parts.request
    this.#flow = parts.flow
    this.#options = parts.options
    this.#observer = observer
    this.#waiting = [...parts.options.destinations]
    this.#loopMark = loopMark(parts.request)
    this.#width = parts.options.isSimultaneous ? Math.max(1, parts.options.destinations.length) : 1
    transaction.user = this
    context.transactions.allowSpiral(parts.request)
  }

  start(): void {
    const refusal = this.#refusal()
    if (refusal === undefined) return this.#next()
    this.#answer(refusal)
    this.#finish()
  }

  cancelled(cancel: SipRequest): void {
    this.#isCancelled = true
    this.#waiting.length = 0
    const reason = cancel.values('Reason').map((value): [string, string] => ['Reason', value])
    for (const branch of this.#branches) if (!branch.isOver) branch.cancel(reason)
    this.#next()
  }

  progressed(_branch: ProxyBranch, response: SipResponse): void {
    this.#pass(this.#upstream(response))
  }

  accepted(branch: ProxyBranch, response: SipResponse, flow: Flow): void {
    this.#pass(this.#upstream(response))
    if (this.#isFinished) return
    this.#observer.answered(response, flow)
    this.#waiting.length = 0
    this.#cancelAllBut(branch, 'SIP;cause=200;text="Call completed elsewhere"')
    this.#finish()
  }

  refused(branch: ProxyBranch, response: SipResponse, flow: Flow | undefined): void {
    if (this.#isFinished) return
    this.#observer.answered(response, flow)
    if (this.#isRedirected(response)) return this.#next()
    this.#refusals.push(this.#upstream(response))
    if (response.status >= 600) {
      this.#waiting.length = 0
      this.#cancelAllBut(branch, `SIP;cause=${response.status}`)
    }
    this.#next()
  }

  #refusal(): number | undefined {
    // A registrar may take a request that has no hop left; forwarding it is another matter (RFC 3261 16.3).
    if (this.#request.maxForwards === 0) return 483
    if (isLoop(this.#request, this.#loopMark)) return 482
    const isTooBroad = this.#options.isSimultaneous && this.#waiting.length > breadthOf(this.#request)
    return isTooBroad || breadthOf(this.#request) === 0 ? 440 : undefined
  }

  /** Tries what is left to try; with nothing left and nothing pending the caller gets the best refusal. */
  #next(): void {
    if (this.#isFinished) return
    const isPending = () => this.#starting > 0 || [...this.#branches].some((branch) => !branch.isOver)
    while (this.#waiting.length > 0 && (this.#options.isSimultaneous || !isPending())) {
      const uri = this.#waiting.shift()
      if (uri !== undefined) this.#try(uri)
    }
    if (isPending() || this.#waiting.length > 0) return
    const best = bestResponse(this.#refusals)
    if (this.#isCancelled && best?.status !== 487) this.#answer(487)
    else if (!best) this.#answer(408)
    else this.#pass(best)
    this.#finish()
  }

  #try(uri: string): void {
    if (this.#tried.has(uri) || this.#tried.size >= mostTargets) return
    this.#tried.add(uri)
    this.#starting++
    this.#open(uri)
      .catch((thrown: unknown) => {
        const response = localAnswer(this.#request, 'transport', asError(thrown))
        this.#refusals.push(response)
        this.#observer.answered(response, undefined)
      })
      .finally(() => {
        this.#starting--
        this.#next()
      })
  }

  async #open(uri: string): Promise<void> {
    const { headers, recordRoutes, provisionalMs, finalMs = timerC } = this.#options
    const forward = makeForwarded(this.#request, { uri, headers })
    forward.set('Max-Breadth', Math.floor(breadthOf(this.#request) / this.#width))
    const hop = nextHopOfRequest(uri, forward.addresses('Route'))
    if (!hop) throw new Error(`invalid uri: ${uri}`)
    const others = await RequestRoutes.to(this.#context, hop, forward.toBuffer().length)
    const route = await others.next()
    if (!route || this.#isCancelled || this.#isFinished) return
    const inward = this.#context.router.ownOf(this.#flow)
    for (const entry of recordRoutes?.entries(forward, inward, route.own).reverse() ?? [])
      forward.prepend('Record-Route', entry)
    const branch = new ProxyBranch(
      this.#context,
      { request: forward, route, others, branchEnd: this.#loopMark, provisionalMs, finalMs },
      this,
    )
    this.#branches.add(branch)
    branch.start()
  }

  /** As it goes to the caller: our Via is off (RFC 3261 16.7 step 3), and the others are as the caller wrote them. */
  #upstream(response: SipResponse): SipResponse {
    return response.clone().set('Via', this.#request.values('Via'))
  }

  /** A 503 says that this one target is out of order, not that we are (RFC 3261 16.7 step 6). */
  #pass(response: SipResponse): void {
    if (response.status === 503) this.#answer(500)
    else sendAnswer(this.#context, this.#transaction, response)
  }

  #answer(status: number): void {
    sendAnswer(this.#context, this.#transaction, makeAnswer(this.#request, status))
  }

  #isRedirected({ status, contacts }: SipResponse): boolean {
    if (!this.#options.isFollowingRedirects || status < 300 || status >= 400 || this.#isCancelled) return false
    const fresh = contacts.map(({ uri }) => uri).filter((uri) => !this.#tried.has(uri))
    this.#waiting.unshift(...fresh)
    return fresh.length > 0
  }

  #cancelAllBut(winner: ProxyBranch, reason: string): void {
    for (const branch of this.#branches) {
      if (branch !== winner && !branch.isOver) branch.cancel([['Reason', reason]])
    }
  }

  #finish(): void {
    if (this.#isFinished) return
    this.#isFinished = true
    this.#observer.finished()
  }
}
