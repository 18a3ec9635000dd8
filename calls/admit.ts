import type { SipAccount } from '../sip/agent/accounts.ts'
import { callerDisplayName } from '../sip/agent/dialled-number.ts'
import type { InboundLeg } from '../sip/agent/inbound-leg.ts'
import type { RejectionReason } from '../sip/agent/rejection.ts'
import type { CallingCaller } from './caller.ts'
import type { DialPlan } from './dial-plan.ts'
import type { LiveCalls } from './live-calls.ts'

export interface CallLimits {
  /** Calls on this node at once; the media ports and the processor are behind this number. */
  readonly mostCalls: number
  /** Calls one user may have placed at once. */
  readonly mostCallsPerUser: number
}

export const defaultCallLimits: CallLimits = { mostCalls: 500, mostCallsPerUser: 20 }

export type Admission =
  | { readonly kind: 'admitted'; readonly caller: CallingCaller }
  | { readonly kind: 'refused'; readonly reason: RejectionReason }

export interface AdmissionDeps {
  readonly plan: DialPlan
  readonly liveCalls: LiveCalls
  readonly limits: CallLimits
}

/** Whether an authenticated device may place a call now, and as whom: never as what its From header says. */
export function admit(leg: InboundLeg, account: SipAccount, deps: AdmissionDeps): Admission {
  const user = deps.plan.userOf(account.userId)
  if (!user) return { kind: 'refused', reason: 'not-allowed' }
  const { mostCalls, mostCallsPerUser } = deps.limits
  if (deps.liveCalls.size >= mostCalls) return { kind: 'refused', reason: 'overloaded' }
  if (deps.liveCalls.countOf(user.id) >= mostCallsPerUser) return { kind: 'refused', reason: 'overloaded' }
  return {
    kind: 'admitted',
    caller: {
      userId: user.id,
      deviceId: account.deviceId,
      name: user.name || callerDisplayName(leg.request),
      number: user.extension,
      address: leg.request.source_address,
    },
  }
}
