import type { Flow, Protocol, Target } from '../transport/flow.ts'
import type { BoundPoint } from '../transport/listen-point.ts'
import { pickPoint } from '../transport/pick-point.ts'
import { FlowOutlet } from './flow-outlet.ts'
import type { OwnAddress, OwnAddresses } from './own-address.ts'
import type { Wire } from './wire.ts'

/** The way a request of ours takes, and the address of ours it leaves from. */
export interface RequestRoute {
  readonly protocol: Protocol
  readonly own: OwnAddress
  readonly outlet: FlowOutlet
}

/** Finds the way for requests of ours. */
export class RequestRouter {
  readonly #wire: Wire
  readonly #own: OwnAddresses
  readonly #points: () => readonly BoundPoint[]

  constructor(wire: Wire, own: OwnAddresses, points: () => readonly BoundPoint[]) {
    this.#wire = wire
    this.#own = own
    this.#points = points
  }

  /** To an address, over an open connection if there is one. */
  to(target: Target): RequestRoute {
    const { protocol, address } = target
    const from = target.from ?? pickPoint(this.#points(), target)
    const flow = this.#wire.flowTo(from?.protocol === protocol ? { ...target, from } : target)
    // A failure is told to whoever sends; until then it must not count as unhandled.
    flow.catch(() => undefined)
    return { protocol, own: this.#ownAt(protocol, address, from), outlet: new FlowOutlet(this.#wire, target, flow) }
  }

  /** On the flow that a peer speaks to us on. */
  over(flow: Flow): RequestRoute {
    const { protocol, remoteAddress: address, remotePort: port } = flow
    return { protocol, own: this.ownOf(flow), outlet: new FlowOutlet(this.#wire, { protocol, address, port }, flow) }
  }

  /** Our address as the far end of a flow sees it. */
  ownOf(flow: Flow): OwnAddress {
    return this.#ownAt(flow.protocol, flow.remoteAddress, flow.point)
  }

  /** Whether this host and port are one of our listen points. */
  isOurs(host: string, port: number): boolean {
    return this.#points().some((point) => {
      if (point.port !== port && !point.advertise?.endsWith(`:${port}`)) return false
      const own = this.#own.towards(host, point)
      return own.host === host || own.host === `[${host}]` || point.host === host
    })
  }

  /** Our address as a peer sees it to whom nothing was sent yet. */
  ownTowards(protocol: Protocol, remoteAddress: string): OwnAddress {
    return this.#ownAt(protocol, remoteAddress, undefined)
  }

  #ownAt(protocol: Protocol, remoteAddress: string, point: BoundPoint | undefined): OwnAddress {
    const ours = point ?? pickPoint(this.#points(), { protocol, address: remoteAddress }) ?? this.#points()[0]
    if (!ours) return { protocol, host: 'localhost', port: 5060 }
    return { ...this.#own.towards(remoteAddress, ours), protocol }
  }
}
