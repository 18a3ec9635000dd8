import { asError } from '../../../core/errors.ts'
import type { Via } from '../message/via.ts'
import type { Outlet, SendObserver } from '../transaction/outlet.ts'
import type { Flow, Target } from '../transport/flow.ts'
import type { Wire } from './wire.ts'

/** The way back for answers to a request that came by `flow` (RFC 3261 18.2.2, RFC 3581). */
export class ReplyOutlet implements Outlet {
  readonly #wire: Wire
  readonly #flow: Flow
  /** The port that the sender states. */
  readonly #port: number
  /** It wants its answers there, and not where the request came from. */
  readonly #isElsewhere: boolean
  #other: Promise<Flow> | undefined

  /** `via`: the request's top Via with `received` and `rport` filled in. */
  constructor(wire: Wire, flow: Flow, via: Via) {
    this.#wire = wire
    this.#flow = flow
    this.#port = via.port ?? (flow.protocol === 'tls' ? 5061 : 5060)
    this.#isElsewhere = wantsStatedPort(flow, via)
  }

  get isReliable(): boolean {
    return this.#flow.isReliable
  }

  send(bytes: Buffer, observer: SendObserver): void {
    if (this.#flow.isOpen && !this.#isElsewhere) return this.#wire.send(this.#flow, bytes)
    this.#other ??= this.#wire.flowTo(this.#target())
    this.#other
      .then((flow) => this.#wire.send(flow, bytes))
      .catch((thrown: unknown) => {
        this.#other = undefined
        observer.sendFailed(asError(thrown))
      })
  }

  /** A lost connection is opened anew to the port that the sender states (RFC 3261 18.2.2). */
  #target(): Target {
    const { protocol, remoteAddress: address, point } = this.#flow
    const target = { protocol, address, port: this.#port }
    return point && protocol === 'udp' ? { ...target, from: point } : target
  }
}

/**
 * A datagram is answered to the port it came from, unless its sender, reachable where it says it is, did not ask for that and
 * states another port. Without `received` nothing stands between, so the stated port is believed.
 */
function wantsStatedPort(flow: Flow, via: Via): boolean {
  if (flow.protocol !== 'udp' || (via.port ?? 5060) === flow.remotePort) return false
  return via.rport === undefined && via.received === undefined
}
