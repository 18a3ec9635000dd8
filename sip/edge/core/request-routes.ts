import type { Target } from '../transport/flow.ts'
import type { Hop } from '../transport/hop.ts'
import { largestUdpRequest } from '../transport/large-requests.ts'
import type { EdgeContext } from './edge-context.ts'
import type { RequestRoute } from './request-router.ts'

/** The ways to a next hop, best first: each is for when those before it have failed (RFC 3263 4.3). */
export class RequestRoutes {
  readonly #context: EdgeContext
  readonly #targets: Target[]
  readonly #bytes: number

  private constructor(context: EdgeContext, targets: readonly Target[], bytes: number) {
    this.#context = context
    this.#targets = [...targets]
    this.#bytes = bytes
  }

  /** `bytes`: how large the request is, because a large one must not go over UDP. @throws HostUnknown */
  static async to(context: EdgeContext, hop: Hop, bytes: number): Promise<RequestRoutes> {
    const targets = await context.resolver.resolve(hop)
    // Who writes `transport=udp` means it: such a phone sits behind NAT and cannot be connected to.
    return new RequestRoutes(context, targets, hop.protocol === 'udp' ? 0 : bytes)
  }

  /** The next way to try; undefined when all have been. @throws Unreachable, ClosedError */
  async next(): Promise<RequestRoute | undefined> {
    const target = this.#targets.shift()
    if (!target) return undefined
    const { router, largeRequests } = this.#context
    if (target.protocol !== 'udp' || this.#bytes <= largestUdpRequest) return router.to(target)
    return router.over(await largeRequests.flowTo(target, this.#bytes))
  }

  get hasMore(): boolean {
    return this.#targets.length > 0
  }
}
