import { asError } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import { decideRoute } from '../routing/decide-route.ts'
import { normalizeDialled } from '../routing/normalize-dialled.ts'
import type { SipAccount } from '../sip/agent/accounts.ts'
import { dialledNumber } from '../sip/agent/dialled-number.ts'
import type { InboundLeg } from '../sip/agent/inbound-leg.ts'
import { admit, type AdmissionDeps } from './admit.ts'
import type { Call } from './call.ts'
import type { CallOutcome } from './call-outcome.ts'
import { followDecision, type FollowDeps } from './follow-decision.ts'

export interface TakeCallDeps extends AdmissionDeps, FollowDeps {
  readonly log: Logger
}

/** One call from the INVITE to its record. */
export async function takeCall(leg: InboundLeg, account: SipAccount, deps: TakeCallDeps): Promise<void> {
  const admission = admit(leg, account, deps)
  if (admission.kind === 'refused') {
    deps.log.warn({ deviceId: account.deviceId, reason: admission.reason }, 'a call was not admitted')
    leg.reject(admission.reason)
    return
  }
  const dialled = normalizeDialled(dialledNumber(leg.request))
  await using call = deps.liveCalls.open(leg, admission.caller, dialled)
  call.decided(decideRoute(admission.caller, dialled, deps.plan.snapshot()))
  deps.liveCalls.arrived(call)
  const outcome = await outcomeOf(call, deps)
  call.log.info({ from: call.caller.number, to: dialled, outcome }, 'call ended')
  await call.end(outcome)
}

async function outcomeOf(call: Call, deps: TakeCallDeps): Promise<CallOutcome> {
  try {
    if (!call.decision) return { kind: 'failed', reason: 'not decided' }
    return await followDecision(call, call.decision, deps)
  } catch (thrown) {
    const err = asError(thrown)
    call.log.error({ err }, 'a call failed')
    return { kind: 'failed', reason: err.message }
  }
}
