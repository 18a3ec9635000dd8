import type { Clock } from '../core/clock.ts'
import { asError } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import type { Logger } from '../core/logger.ts'
import { StateMachine } from '../core/state-machine.ts'
import type { Endpoint } from '../media/endpoint.ts'
import type { MediaServer } from '../media/media-server.ts'
import type { RouteDecision } from '../routing/route-decision.ts'
import type { HangupReason } from '../sip/agent/hangup-reason.ts'
import type { InboundLeg } from '../sip/agent/inbound-leg.ts'
import type { CallingCaller } from './caller.ts'
import type { CallGone } from './call-gone.ts'
import { CallLeg, type LegLoss } from './call-leg.ts'
import { legOutcomeOf, rejectionOf, type CallOutcome } from './call-outcome.ts'
import { callTransitions, type CallEvent, type CallState } from './call-state.ts'

export interface CallDeps {
  readonly media: MediaServer
  readonly clock: Clock
  readonly log: Logger
}

/** What a call tells while it lives. */
export interface CallObserver {
  /** The call rings somewhere: worth showing. */
  alerted(call: Call): void
  /** Somebody, or the exchange itself, took the call: worth writing down. */
  answered(call: Call): void
  ended(call: Call, outcome: CallOutcome): Promise<void>
}

/** One call's life: the caller's leg, the legs that rang for it, and one end. */
export class Call implements AsyncDisposable {
  readonly id = newId('call')
  readonly startedAtMs: number
  readonly caller: CallingCaller
  readonly dialled: string
  readonly callerLeg: CallLeg
  readonly #inbound: InboundLeg
  readonly #deps: CallDeps
  readonly #observer: CallObserver
  readonly #state: StateMachine<CallState, CallEvent>
  readonly #gone = new AbortController()
  readonly #legs: CallLeg[]
  #callerEndpoint: Promise<Endpoint> | undefined
  #decision: RouteDecision | undefined
  #answeredBy: CallLeg | undefined
  #ringingAtMs: number | undefined
  #ending: Promise<void> | undefined
  readonly #ended = deferred()

  constructor(inbound: InboundLeg, caller: CallingCaller, dialled: string, deps: CallDeps, observer: CallObserver) {
    const { clock } = deps
    const log = deps.log.child({ callId: this.id })
    this.#deps = { ...deps, log }
    this.#inbound = inbound
    this.#observer = observer
    this.caller = caller
    this.dialled = dialled
    this.startedAtMs = clock.now()
    const { userId, deviceId } = caller
    this.callerLeg = new CallLeg({ role: 'caller', sip: inbound, userId, deviceId, clock, log })
    this.#legs = [this.callerLeg]
    this.#state = new StateMachine<CallState, CallEvent>('call', callTransitions, 'arriving', (from, event, to) => {
      log.debug({ from, event, to }, 'call moved')
    })
    this.callerLeg.events.on('gone', (loss) => this.#lost('caller', loss))
    if (inbound.isEnded) this.#lost('caller', 'cancelled')
  }

  get state(): CallState {
    return this.#state.state
  }

  get log(): Logger {
    return this.#deps.log
  }

  /** Aborted with a `CallGone` when the call is to stop whatever it does. */
  get gone(): AbortSignal {
    return this.#gone.signal
  }

  get legs(): readonly CallLeg[] {
    return this.#legs
  }

  get decision(): RouteDecision | undefined {
    return this.#decision
  }

  get answeredBy(): CallLeg | undefined {
    return this.#answeredBy
  }

  get ringingAtMs(): number | undefined {
    return this.#ringingAtMs
  }

  decided(decision: RouteDecision): void {
    this.#decision = decision
  }

  addLeg(leg: CallLeg): void {
    this.#legs.push(leg)
  }

  /** The caller's media: made once, from his offer or, when he made none, as an offer of ours. */
  callerEndpoint(): Promise<Endpoint> {
    this.#callerEndpoint ??= this.#openCallerMedia()
    return this.#callerEndpoint
  }

  /** Somewhere a phone rings: the caller is told, once. */
  alert(): void {
    if (!this.#state.can('alert')) return
    this.#state.move('alert')
    this.#ringingAtMs = this.#deps.clock.now()
    this.callerLeg.rang()
    this.#inbound.ring()
    this.#observer.alerted(this)
  }

  /**
   * Joins caller and callee, sound first and the 200 second so that nothing of the first word is lost.
   * False when the caller gave up at the same moment.
   */
  async connect(callee: CallLeg): Promise<boolean> {
    this.#answeredBy = callee
    callee.events.on('gone', (loss) => this.#lost('callee', loss))
    if (callee.sip.isEnded) this.#lost('callee', 'hung-up')
    const endpoint = await this.callerEndpoint()
    if (callee.endpoint && !this.gone.aborted) await endpoint.bridge(callee.endpoint)
    return this.#answer('answer')
  }

  /** Answers the caller so that the exchange itself can talk to him. False when he gave up at the same moment. */
  async serve(): Promise<boolean> {
    await this.callerEndpoint()
    return this.#answer('serve')
  }

  /** Asks the call to end; `end` follows when whatever runs has let go. */
  hangUp(by: 'caller' | 'callee' | 'system', why: string): void {
    this.#gone.abort({ by, why } satisfies CallGone)
  }

  /** Resolves when one of the parties, or somebody from outside, ended the conversation. */
  async untilGone(): Promise<CallGone> {
    if (!this.gone.aborted) {
      await new Promise<void>((resolve) => this.gone.addEventListener('abort', () => resolve(), { once: true }))
    }
    return this.gone.reason as CallGone
  }

  /** Resolves when the call has ended and is recorded. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  /** The one end of a call: legs, media, record, events; the first outcome stands. */
  end(outcome: CallOutcome): Promise<void> {
    this.#ending ??= this.#end(outcome)
    return this.#ending
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end({ kind: 'failed', reason: 'the call was dropped' })
  }

  async #openCallerMedia(): Promise<Endpoint> {
    const { remoteSdp } = this.#inbound
    const endpoint = await this.#deps.media.createEndpoint({
      profile: 'rtp',
      peerAddress: this.caller.address,
      ...(remoteSdp === undefined ? {} : { remoteSdp }),
    })
    return this.callerLeg.attach(endpoint)
  }

  async #answer(event: 'answer' | 'serve'): Promise<boolean> {
    const endpoint = await this.callerEndpoint()
    if (this.gone.aborted || !(await this.#inbound.answer(endpoint.localSdp))) return false
    this.#state.move(event)
    this.callerLeg.answered()
    this.#observer.answered(this)
    return true
  }

  #lost(who: 'caller' | 'callee', loss: LegLoss): void {
    this.log.debug({ who, loss }, 'a party is gone')
    if (loss === 'cancelled' || loss === 'hung-up') this.hangUp(who, loss)
    else this.hangUp('system', loss)
  }

  async #end(outcome: CallOutcome): Promise<void> {
    this.#state.move('finish')
    if (!this.gone.aborted) this.hangUp('system', outcome.kind)
    this.#inbound.reject(rejectionOf(outcome))
    const reason: HangupReason = outcome.kind === 'failed' ? 'failed' : 'normal'
    await Promise.all(this.#legs.map((leg) => leg.end(reason, legOutcomeOf(outcome))))
    // Media that was still being made when the call ended.
    await this.#callerEndpoint?.then((endpoint) => endpoint.close()).catch(() => undefined)
    this.#state.move('released')
    try {
      await this.#observer.ended(this, outcome)
    } catch (thrown) {
      this.log.error({ err: asError(thrown), outcome }, 'the end of a call could not be recorded')
    }
    this.#ended.resolve()
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve }
}
