import type { UserId } from '../core/ids.ts'
import type { DialPlanSnapshot, PlannedUser } from './dial-plan-snapshot.ts'
import { featureCodes, isFeatureCode } from './feature-codes.ts'
import type { DialFallback, RouteCaller, RouteDecision, Unanswered } from './route-decision.ts'

/**
 * Decides what happens with a call. Pure: the same question always gets the same answer, for a real call and for
 * one that somebody only asks about.
 * @param dialled what `normalizeDialled` made of the Request-URI's user part
 */
export function decideRoute(caller: RouteCaller, dialled: string, plan: DialPlanSnapshot): RouteDecision {
  const who = nameOf(plan, caller.userId)
  if (isFeatureCode(dialled)) return followFeatureCode(dialled, caller, who)
  const callee = plan.usersByExtension.get(dialled)
  if (!callee) {
    return { kind: 'reject', reason: 'unknown-number', because: [`${dialled || 'nothing'} is nobody's extension`] }
  }
  return ringUser(callee, caller, who)
}

function followFeatureCode(code: keyof typeof featureCodes, caller: RouteCaller, who: string): RouteDecision {
  switch (featureCodes[code]) {
    case 'echo':
      return { kind: 'echo', because: [`${code} is the echo test`] }
    case 'listen':
      return { kind: 'listen', mailbox: caller.userId, because: [`${code} plays the newest voicemail of ${who}`] }
  }
}

function ringUser(callee: PlannedUser, caller: RouteCaller, who: string): RouteDecision {
  const because = [`${callee.extension} is the extension of ${callee.name}`]
  // One's own number is one's mailbox, but a second device of one's own can be called: it rings, this one does not.
  const devices = callee.devices.filter((device) => device.id !== caller.deviceId)
  if (devices.length === 0) {
    return callee.id === caller.userId
      ? { kind: 'listen', mailbox: callee.id, because: [...because, `${who} called the own number: the mailbox`] }
      : { kind: 'voicemail', mailbox: callee.id, because: [...because, `${callee.name} has no device: voicemail`] }
  }
  const { ringSeconds } = callee.callHandling
  const targets = devices.map((device) => ({ kind: 'device', deviceId: device.id, userId: callee.id }) as const)
  const rounds = [{ targets, ringMs: ringSeconds * 1000 }]
  because.push(`${countOf(devices.length, 'device')} ring for ${ringSeconds} s, then voicemail`)
  return { kind: 'dial', callee: callee.id, rounds, otherwise: whenUnanswered(callee.id), because }
}

/** Nobody there is a case for the mailbox; somebody who is busy or declines has answered in a way, and the caller hears so. */
function whenUnanswered(mailbox: UserId): Readonly<Record<Unanswered, DialFallback>> {
  const voicemail = { kind: 'voicemail', mailbox } as const
  const reject = { kind: 'reject' } as const
  return { 'no-answer': voicemail, unreachable: voicemail, busy: reject, declined: reject, 'no-common-codec': reject }
}

function nameOf(plan: DialPlanSnapshot, userId: UserId): string {
  return plan.usersById.get(userId)?.name ?? 'the caller'
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
