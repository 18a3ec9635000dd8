import type { Clock } from '../core/clock.ts'
import { asError } from '../core/errors.ts'
import type { CallId } from '../core/ids.ts'
import type { Logger } from '../core/logger.ts'
import type { RouteDecision } from '../routing/route-decision.ts'
import type { SipTrace } from '../sip/agent/sip-trace.ts'
import type { CallEnd, CallPatch, NewCall } from '../store/call-record.ts'
import type { Call } from './call.ts'
import { recordedOutcomeOf, type CallOutcome } from './call-outcome.ts'
import type { CallHistory } from './ports.ts'

export interface CallRecorderDeps {
  readonly history: CallHistory
  readonly trace: SipTrace
  readonly clock: Clock
  readonly log: Logger
}

/** How long a record waits before it is written again, when the database did not take it. */
const retryAfterMs = [100, 1000, 5000] as const

/**
 * Writes calls into the history: a row when a call arrives, so that a crash leaves it behind, and its end. Calls never
 * wait for it; what is written for one call is written in order.
 */
export class CallRecorder {
  readonly #deps: CallRecorderDeps
  readonly #writes = new Map<CallId, Promise<void>>()

  constructor(deps: CallRecorderDeps) {
    this.#deps = deps
  }

  arrived(call: Call): void {
    const { id, caller, dialled, startedAtMs, decision } = call
    const row: NewCall = {
      id,
      direction: 'internal',
      fromNumber: caller.number,
      fromName: caller.name,
      fromUserId: caller.userId,
      toNumber: dialled,
      toUserId: calleeOf(decision),
      startedAtMs,
      decisions: decision?.because ?? [],
    }
    this.#write(id, () => this.#deps.history.open(row))
  }

  answered(call: Call): void {
    const patch = progressOf(call)
    this.#write(call.id, () => this.#deps.history.update(call.id, patch))
  }

  /** Resolves when the whole record is on disk. */
  async ended(call: Call, outcome: CallOutcome): Promise<void> {
    const sipCallIds = call.legs.map((leg) => leg.sip.sipCallId)
    const end: CallEnd = {
      ...progressOf(call),
      ...endOf(outcome),
      endedAtMs: this.#deps.clock.now(),
      legs: call.legs.map((leg) => leg.toRecord()),
      ladder: this.#deps.trace.ladderOf(sipCallIds),
    }
    const quality = call.callerLeg.toRecord().quality
    this.#write(call.id, () => this.#deps.history.close(call.id, quality ? { ...end, quality } : end))
    this.#deps.trace.forget(sipCallIds)
    await this.#writes.get(call.id)
  }

  /** Resolves when everything handed over so far is written. */
  async flushed(): Promise<void> {
    await Promise.all(this.#writes.values())
  }

  #write(id: CallId, write: () => Promise<unknown>): void {
    const before = this.#writes.get(id) ?? Promise.resolve()
    const written = before.then(() => this.#persist(id, write))
    this.#writes.set(id, written)
    void written.then(() => {
      if (this.#writes.get(id) === written) this.#writes.delete(id)
    })
  }

  async #persist(id: CallId, write: () => Promise<unknown>): Promise<void> {
    for (const waitMs of [...retryAfterMs, undefined]) {
      try {
        await write()
        return
      } catch (thrown) {
        this.#deps.log.error(
          { err: asError(thrown), callId: id, retryMs: waitMs },
          'a call record could not be written',
        )
        if (waitMs === undefined) return
        await this.#deps.clock.sleep(waitMs)
      }
    }
  }
}

/** Whose number was called, or whose mailbox. */
function calleeOf(decision: RouteDecision | undefined): NewCall['toUserId'] {
  switch (decision?.kind) {
    case 'dial':
      return decision.callee
    case 'voicemail':
    case 'listen':
      return decision.mailbox
    case 'echo':
    case 'reject':
    case undefined:
      return undefined
  }
}

function progressOf(call: Call): CallPatch {
  const answeredBy = call.state === 'served' ? undefined : call.answeredBy
  return {
    ringingAtMs: call.ringingAtMs,
    answeredAtMs: call.callerLeg.answeredAtMs,
    answeredByUserId: answeredBy?.userId,
    answeredByDeviceId: answeredBy?.deviceId,
  }
}

function endOf(outcome: CallOutcome): Pick<CallEnd, 'outcome' | 'reason' | 'endedBy' | 'voicemailId'> {
  const recorded = recordedOutcomeOf(outcome)
  switch (outcome.kind) {
    case 'answered':
    case 'cancelled':
      return { outcome: recorded, endedBy: outcome.endedBy }
    case 'voicemail':
      return { outcome: recorded, endedBy: outcome.endedBy, voicemailId: outcome.voicemailId }
    case 'unanswered':
    case 'rejected':
    case 'failed':
      return { outcome: recorded, endedBy: 'system', reason: outcome.reason }
  }
}
