import { StrowgerError } from '../core/errors.ts'

/** Why a call stops in the middle of whatever it does: the abort reason of a call's signal. */
export class CallGone extends StrowgerError {
  readonly code = 'call-gone'
  readonly by: 'caller' | 'callee' | 'system'

  constructor(by: 'caller' | 'callee' | 'system', message: string) {
    super(message)
    this.by = by
  }
}
