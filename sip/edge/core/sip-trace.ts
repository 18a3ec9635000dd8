import { TypedEmitter } from '../../../core/typed-emitter.ts'
import type { Protocol } from '../transport/flow.ts'

/** One message as it was on the wire. */
export interface TracedMessage {
  /** UTC milliseconds. */
  readonly atMs: number
  readonly direction: 'in' | 'out'
  readonly protocol: Protocol
  /** `address:port`. */
  readonly local: string
  readonly remote: string
  readonly bytes: Buffer
}

interface TraceEvents {
  message: [TracedMessage]
}

/** Every SIP message that comes and goes; costs nothing as long as nobody listens. */
export class SipTrace extends TypedEmitter<TraceEvents> {
  #listeners = 0

  /** Whether somebody listens. */
  get isActive(): boolean {
    return this.#listeners > 0
  }

  override on<Name extends keyof TraceEvents>(name: Name, listener: (...args: TraceEvents[Name]) => void): () => void {
    const off = super.on(name, listener)
    let isOn = true
    this.#listeners++
    return () => {
      if (isOn) this.#listeners--
      isOn = false
      off()
    }
  }
}
