import { StrowgerError } from '../../../core/errors.ts'
import { endpointKey, type Target } from './flow.ts'

/** A peer that cannot be reached. */
export class Unreachable extends StrowgerError {
  readonly code = 'unreachable'

  constructor(target: Target, why: string, options?: ErrorOptions) {
    super(`${endpointKey(target.protocol, target.address, target.port)} cannot be reached: ${why}`, options)
  }
}

export type CutReason = 'idle' | 'slow-message' | 'slow-reader' | 'malformed' | 'silent' | 'not-admitted'

/** A connection that we ended because of what its peer did or did not do. */
export class ConnectionCut extends StrowgerError {
  readonly code = 'connection-cut'
  readonly reason: CutReason

  constructor(reason: CutReason) {
    super(`connection cut: ${reason}`)
    this.reason = reason
  }
}
