import type { Clock } from '../../../core/clock.ts'
import { endpointKey, type Flow, type Target } from './flow.ts'
import { Unreachable } from './transport-error.ts'
import type { TransportLayer } from './transport-layer.ts'

/** RFC 3261 18.1.1: the largest request for UDP where the path's MTU is not known, in bytes. */
export const largestUdpRequest = 1_300

const connectMs = 1_000
const rememberMs = 600_000
const mostRemembered = 10_000

/** Sends large requests over TCP although UDP was meant, and remembers who does not take them so (RFC 3261 18.1.1). */
export class LargeRequests {
  readonly #transport: Pick<TransportLayer, 'flowTo'>
  readonly #clock: Clock
  readonly #refusedAtMs = new Map<string, number>()

  constructor(transport: Pick<TransportLayer, 'flowTo'>, clock: Clock) {
    this.#transport = transport
    this.#clock = clock
  }

  /**
   * The flow for a request of so many bytes. The caller writes the top Via after it, since the protocol may be another than
   * the target's. @throws Unreachable, ClosedError
   */
  async flowTo(target: Target, bytes: number): Promise<Flow> {
    if (target.protocol !== 'udp' || bytes <= largestUdpRequest || this.#refuses(target)) {
      return this.#transport.flowTo(target)
    }
    try {
      const { address, port } = target
      return await this.#transport.flowTo({ protocol: 'tcp', address, port, connectMs })
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error
      this.#remember(target)
      return this.#transport.flowTo(target)
    }
  }

  #refuses(target: Target): boolean {
    const atMs = this.#refusedAtMs.get(keyOf(target))
    return atMs !== undefined && this.#clock.monotonicMs() - atMs < rememberMs
  }

  #remember(target: Target): void {
    if (this.#refusedAtMs.size >= mostRemembered) this.#refusedAtMs.clear()
    this.#refusedAtMs.set(keyOf(target), this.#clock.monotonicMs())
  }
}

function keyOf({ address, port }: Target): string {
  return endpointKey('tcp', address, port)
}
