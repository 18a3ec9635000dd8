import type { Clock } from '../../../core/clock.ts'
import type { Flow, Target } from '../transport/flow.ts'
import type { TransportLayer } from '../transport/transport-layer.ts'
import type { SipTrace, TracedMessage } from './sip-trace.ts'

/** The one place where messages leave and arrive, so that every one of them can be traced. */
export class Wire {
  readonly #transport: Pick<TransportLayer, 'flowTo'>
  readonly #trace: SipTrace
  readonly #clock: Clock

  constructor(transport: Pick<TransportLayer, 'flowTo'>, trace: SipTrace, clock: Clock) {
    this.#transport = transport
    this.#trace = trace
    this.#clock = clock
  }

  send(flow: Flow, bytes: Buffer): void {
    if (this.#trace.isActive) this.#tell('out', flow, bytes)
    flow.send(bytes)
  }

  /** Notes a message that came. */
  arrived(flow: Flow, bytes: Buffer): void {
    if (this.#trace.isActive) this.#tell('in', flow, bytes)
  }

  /** @throws Unreachable, ClosedError */
  flowTo(target: Target): Promise<Flow> {
    return this.#transport.flowTo(target)
  }

  #tell(direction: TracedMessage['direction'], flow: Flow, bytes: Buffer): void {
    this.#trace.emit('message', {
      atMs: this.#clock.now(),
      direction,
      protocol: flow.protocol,
      local: endpoint(flow.localAddress, flow.localPort),
      remote: endpoint(flow.remoteAddress, flow.remotePort),
      bytes,
    })
  }
}

function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
