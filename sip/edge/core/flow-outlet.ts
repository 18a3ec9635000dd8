import { asError, ClosedError } from '../../../core/errors.ts'
import type { Outlet, SendObserver } from '../transaction/outlet.ts'
import { endpointKey, isReliable, type Flow, type Target } from '../transport/flow.ts'
import type { Wire } from './wire.ts'

/** The way of a request of ours: a flow, or one that is still being opened. */
export class FlowOutlet implements Outlet {
  readonly isReliable: boolean
  readonly peer: string
  readonly #wire: Wire
  #flow: Flow | Promise<Flow>

  constructor(wire: Wire, { protocol, address, port }: Target, flow: Flow | Promise<Flow>) {
    this.#wire = wire
    this.isReliable = isReliable(protocol)
    this.peer = endpointKey(protocol, address, port)
    this.#flow = flow
  }

  /** The flow once it is open. */
  get flow(): Flow | undefined {
    return this.#flow instanceof Promise ? undefined : this.#flow
  }

  send(bytes: Buffer, observer: SendObserver): void {
    if (this.#flow instanceof Promise) return this.#sendWhenOpen(this.#flow, bytes, observer)
    if (!this.#flow.isOpen) return observer.sendFailed(new ClosedError('the connection is gone'))
    this.#wire.send(this.#flow, bytes)
  }

  #sendWhenOpen(opening: Promise<Flow>, bytes: Buffer, observer: SendObserver): void {
    opening
      .then((flow) => {
        this.#flow = flow
        this.#wire.send(flow, bytes)
      })
      .catch((thrown: unknown) => observer.sendFailed(asError(thrown)))
  }
}
