import { promptFile } from '../config/prompts/prompt-file.ts'
import { NoCommonCodec, NoMediaPort, UnusableSdp } from '../media/media-errors.ts'
import type { DialFallback, RouteDecision } from '../routing/route-decision.ts'
import type { UnansweredReason } from '../sip/agent/rejection.ts'
import type { UserId } from '../core/ids.ts'
import type { Call } from './call.ts'
import type { CallGone } from './call-gone.ts'
import type { CallOutcome } from './call-outcome.ts'
import type { Mailboxes } from './ports.ts'
import { ringRound, type RingDeps } from './ring-round.ts'

export interface FollowDeps {
  readonly ring: RingDeps
  readonly mailboxes: Mailboxes
}

type Dial = Extract<RouteDecision, { kind: 'dial' }>

/** Carries out what routing decided and says how the call ended; a caller who leaves in between is one of the ends. */
export async function followDecision(call: Call, decision: RouteDecision, deps: FollowDeps): Promise<CallOutcome> {
  try {
    if (decision.kind === 'reject') return { kind: 'rejected', reason: decision.reason }
    await call.callerEndpoint()
    switch (decision.kind) {
      case 'dial':
        return await dial(call, decision, deps)
      case 'voicemail':
        return await leaveMessage(call, decision.mailbox, deps)
      case 'listen':
        return await listen(call, decision.mailbox, deps)
      case 'echo':
        return await echo(call)
    }
  } catch (thrown) {
    if (thrown instanceof NoCommonCodec || thrown instanceof UnusableSdp) {
      return { kind: 'rejected', reason: 'no-common-codec' }
    }
    if (thrown instanceof NoMediaPort) return { kind: 'rejected', reason: 'overloaded' }
    throw thrown
  }
}

async function dial(call: Call, decision: Dial, deps: FollowDeps): Promise<CallOutcome> {
  let reason: UnansweredReason = 'unreachable'
  const { codec } = await call.callerEndpoint()
  for (const round of decision.rounds) {
    const { name, number } = call.caller
    const result = await ringRound(
      {
        round,
        caller: { name, number },
        codec,
        gone: call.gone,
        onLeg: (leg) => call.addLeg(leg),
        onRinging: () => call.alert(),
      },
      deps.ring,
    )
    switch (result.kind) {
      case 'gone':
        return whenGone(call)
      case 'answered':
        return talk(call, result.leg)
      case 'unanswered':
        reason = result.reason
    }
  }
  return fallBack(call, decision.otherwise[reason], reason, deps)
}

async function talk(call: Call, callee: Call['callerLeg']): Promise<CallOutcome> {
  if (!(await call.connect(callee))) return whenGone(call)
  const { by } = await call.untilGone()
  const { userId, deviceId } = callee
  return { kind: 'answered', by: { userId, deviceId }, endedBy: by }
}

async function fallBack(
  call: Call,
  fallback: DialFallback,
  reason: UnansweredReason,
  deps: FollowDeps,
): Promise<CallOutcome> {
  switch (fallback.kind) {
    case 'voicemail':
      return leaveMessage(call, fallback.mailbox, deps)
    case 'reject':
      return { kind: 'unanswered', reason }
  }
}

async function leaveMessage(call: Call, mailbox: UserId, deps: FollowDeps): Promise<CallOutcome> {
  if (!(await call.serve())) return whenGone(call)
  const voicemailId = await deps.mailboxes.leave(await visit(call, mailbox))
  return { kind: 'voicemail', voicemailId, endedBy: endedBy(call) }
}

async function listen(call: Call, mailbox: UserId, deps: FollowDeps): Promise<CallOutcome> {
  if (!(await call.serve())) return whenGone(call)
  await deps.mailboxes.listen(await visit(call, mailbox))
  return { kind: 'answered', by: 'exchange', endedBy: endedBy(call) }
}

async function echo(call: Call): Promise<CallOutcome> {
  if (!(await call.serve())) return whenGone(call)
  const endpoint = await call.callerEndpoint()
  await endpoint.play({ kind: 'file', path: promptFile('echo-intro') }, { signal: call.gone })
  if (!call.gone.aborted) await endpoint.bridge(endpoint)
  const { by } = await call.untilGone()
  return { kind: 'answered', by: 'exchange', endedBy: by }
}

async function visit(call: Call, mailbox: UserId) {
  const { name: fromName, number: fromNumber } = call.caller
  return { callId: call.id, mailbox, endpoint: await call.callerEndpoint(), fromName, fromNumber, gone: call.gone }
}

/** The caller left before anybody answered. */
function whenGone(call: Call): CallOutcome {
  return { kind: 'cancelled', endedBy: endedBy(call) === 'caller' ? 'caller' : 'system' }
}

function endedBy(call: Call): CallGone['by'] {
  return call.gone.aborted ? (call.gone.reason as CallGone).by : 'system'
}
