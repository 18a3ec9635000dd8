/** Why a call stops in the middle of whatever it does: the abort reason of a call's signal. Not an error: calls end. */
export interface CallGone {
  readonly by: 'caller' | 'callee' | 'system'
  readonly why: string
}
