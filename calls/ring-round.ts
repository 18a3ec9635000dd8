import type { Clock } from '../core/clock.ts'
import { asError } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import { codecsPreferring, type Codec } from '../media/codec.ts'
import { NoCommonCodec, UnusableSdp } from '../media/media-errors.ts'
import type { MediaServer } from '../media/media-server.ts'
import type { DialRound } from '../routing/route-decision.ts'
import type { Binding } from '../sip/agent/binding.ts'
import { dialBinding, type CallingParty } from '../sip/agent/dial-request.ts'
import type { HangupReason } from '../sip/agent/hangup-reason.ts'
import type { LocationTable } from '../sip/agent/location-table.ts'
import type { DialResult } from '../sip/agent/outbound-leg.ts'
import { unansweredReasonOf, type UnansweredReason } from '../sip/agent/rejection.ts'
import type { SipAgent } from '../sip/agent/sip-agent.ts'
import { CallLeg } from './call-leg.ts'

export interface RingDeps {
  readonly agent: SipAgent
  readonly media: MediaServer
  readonly locations: LocationTable
  readonly clock: Clock
  readonly log: Logger
  /** The domain in the From header that called phones see. */
  readonly domain: string
}

export interface RingRequest {
  readonly round: DialRound
  readonly caller: CallingParty
  /** What the caller speaks: offered first, so that phones which can agree need no transcoding. */
  readonly codec: Codec | undefined
  /** The caller gave up, or somebody ended the call: everything that rings is cancelled. */
  readonly gone: AbortSignal
  /** Each leg as it starts, for the call's record. */
  readonly onLeg: (leg: CallLeg) => void
  /** The first phone that says it rings. */
  readonly onRinging: () => void
}

export type RingResult =
  | { readonly kind: 'answered'; readonly leg: CallLeg }
  | { readonly kind: 'unanswered'; readonly reason: UnansweredReason }
  | { readonly kind: 'gone' }

type BranchResult = { readonly leg: CallLeg } | { readonly reason: UnansweredReason }

/** What the caller is told when several places turned the call away, first match first. */
const precedence: readonly UnansweredReason[] = ['declined', 'busy', 'no-answer', 'no-common-codec', 'unreachable']

/**
 * Rings every device of a round at every place where it is registered. The first answer wins and the others are told
 * that the call was taken elsewhere; a decline ends the round (RFC 3261 16.7: a 6xx is meant for all branches).
 */
export async function ringRound(request: RingRequest, deps: RingDeps): Promise<RingResult> {
  const nowMs = deps.clock.now()
  const places = request.round.targets.flatMap((target) => deps.locations.of(target.deviceId, nowMs))
  if (places.length === 0) return { kind: 'unanswered', reason: 'unreachable' }
  if (request.gone.aborted) return { kind: 'gone' }
  return new Fork(request, deps).ring(places)
}

class Fork {
  readonly #request: RingRequest
  readonly #deps: RingDeps
  readonly #legs = new Set<CallLeg>()
  readonly #reasons: UnansweredReason[] = []
  #decide: (result: RingResult) => void = () => undefined
  #isDecided = false

  constructor(request: RingRequest, deps: RingDeps) {
    this.#request = request
    this.#deps = deps
  }

  async ring(places: readonly Binding[]): Promise<RingResult> {
    const { gone, round } = this.#request
    const decided = new Promise<RingResult>((resolve) => (this.#decide = resolve))
    const giveUp = () => this.#settle({ kind: 'gone' })
    gone.addEventListener('abort', giveUp, { once: true })
    const timer = this.#deps.clock.after(round.ringMs, () => this.#settle({ kind: 'unanswered', reason: 'no-answer' }))
    void this.#tryAll(places)
    try {
      return await decided
    } finally {
      timer.cancel()
      gone.removeEventListener('abort', giveUp)
    }
  }

  async #tryAll(places: readonly Binding[]): Promise<void> {
    await Promise.all(places.map((place) => this.#try(place)))
    const reason = precedence.find((each) => this.#reasons.includes(each)) ?? 'unreachable'
    this.#settle({ kind: 'unanswered', reason })
  }

  async #try(place: Binding): Promise<void> {
    const result = await this.#ringPlace(place)
    if ('leg' in result) {
      this.#settle({ kind: 'answered', leg: result.leg })
      return
    }
    this.#reasons.push(result.reason)
    if (result.reason === 'declined') this.#settle({ kind: 'unanswered', reason: 'declined' })
  }

  async #ringPlace(place: Binding): Promise<BranchResult> {
    try {
      const { agent, media, clock, log, domain } = this.#deps
      const endpoint = await media.createEndpoint({
        profile: 'rtp',
        peerAddress: place.remoteAddress,
        codecs: codecsPreferring(this.#request.codec),
      })
      if (this.#isDecided) {
        await endpoint.close()
        return { reason: 'no-answer' }
      }
      const sip = agent.dial(dialBinding(place, this.#request.caller, domain, endpoint.localSdp))
      const { userId, deviceId, contact } = place
      const leg = new CallLeg({ role: 'callee', sip, userId, deviceId, contact, clock, log })
      leg.attach(endpoint)
      this.#legs.add(leg)
      this.#request.onLeg(leg)
      sip.onRinging(() => {
        leg.rang()
        this.#request.onRinging()
      })
      return await this.#outcomeOf(leg, await sip.result)
    } catch (thrown) {
      this.#deps.log.error({ err: asError(thrown), deviceId: place.deviceId }, 'a device could not be rung')
      return { reason: 'unreachable' }
    }
  }

  async #outcomeOf(leg: CallLeg, result: DialResult): Promise<BranchResult> {
    switch (result.kind) {
      case 'cancelled':
        return { reason: 'no-answer' }
      case 'refused': {
        const reason = unansweredReasonOf(result.status)
        await leg.end('normal', reason === 'no-common-codec' ? 'failed' : reason, result.status)
        return { reason }
      }
      case 'answered':
        return this.#accept(leg, result.remoteSdp)
    }
  }

  async #accept(leg: CallLeg, remoteSdp: string): Promise<BranchResult> {
    leg.answered()
    try {
      await leg.endpoint?.accept(remoteSdp)
      return { leg }
    } catch (thrown) {
      if (!(thrown instanceof NoCommonCodec) && !(thrown instanceof UnusableSdp)) throw thrown
      await leg.end('no-common-codec', 'failed')
      return { reason: 'no-common-codec' }
    }
  }

  /** The first result stands; every other leg is ended in the way that fits it. */
  #settle(result: RingResult): void {
    if (this.#isDecided) {
      // Two answers at the same moment: the later one is hung up.
      if (result.kind === 'answered') void result.leg.end('answered-elsewhere', 'elsewhere')
      return
    }
    this.#isDecided = true
    const [reason, outcome] = leftoverEnd(result)
    for (const leg of this.#legs) {
      if (result.kind === 'answered' && leg === result.leg) continue
      void leg.end(reason, outcome)
    }
    this.#decide(result)
  }
}

function leftoverEnd(result: RingResult): [HangupReason, 'elsewhere' | 'cancelled' | 'no-answer'] {
  switch (result.kind) {
    case 'answered':
      return ['answered-elsewhere', 'elsewhere']
    case 'gone':
      return ['caller-gone', 'cancelled']
    case 'unanswered':
      return ['no-answer', 'no-answer']
  }
}
