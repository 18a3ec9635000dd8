import type { CallId, DeviceId, UserId } from '../core/ids.ts'
import { TypedEmitter } from '../core/typed-emitter.ts'
import type { InboundLeg } from '../sip/agent/inbound-leg.ts'
import type { CallDirection } from '../store/call-record.ts'
import { Call, type CallDeps, type CallObserver } from './call.ts'
import { recordedOutcomeOf, type CallOutcome } from './call-outcome.ts'
import type { CallRecorder } from './call-recorder.ts'
import type { CallState } from './call-state.ts'
import type { CallingCaller } from './caller.ts'

/** A running call as others see it. */
export interface LiveCall {
  readonly id: CallId
  readonly direction: CallDirection
  readonly state: CallState
  readonly fromUserId: UserId
  readonly fromDeviceId: DeviceId
  readonly fromNumber: string
  readonly fromName: string
  readonly toNumber: string
  readonly toUserId: UserId | undefined
  readonly answeredByUserId: UserId | undefined
  readonly answeredByDeviceId: DeviceId | undefined
  readonly startedAtMs: number
  readonly answeredAtMs: number | undefined
}

export interface LiveCallEvents {
  arrived: [call: LiveCall]
  ringing: [call: LiveCall]
  answered: [call: LiveCall]
  ended: [call: LiveCall, outcome: CallOutcome]
}

/** Every call that runs on this node, and the counts of those that ran. */
export class LiveCalls {
  readonly events = new TypedEmitter<LiveCallEvents>()
  readonly #deps: CallDeps
  readonly #recorder: CallRecorder
  readonly #calls = new Map<CallId, Call>()
  readonly #ended = new Map<string, number>()

  constructor(deps: CallDeps, recorder: CallRecorder) {
    this.#deps = deps
    this.#recorder = recorder
  }

  get size(): number {
    return this.#calls.size
  }

  /** Calls ended since start, by outcome. */
  get endedByOutcome(): ReadonlyMap<string, number> {
    return this.#ended
  }

  open(leg: InboundLeg, caller: CallingCaller, dialled: string): Call {
    const call = new Call(leg, caller, dialled, this.#deps, this.#observer)
    this.#calls.set(call.id, call)
    return call
  }

  /** The call is decided and takes its course: it goes into the history now. */
  arrived(call: Call): void {
    this.#recorder.arrived(call)
    this.events.emit('arrived', viewOf(call))
  }

  list(): readonly LiveCall[] {
    return [...this.#calls.values()].map(viewOf)
  }

  find(id: CallId): LiveCall | undefined {
    const call = this.#calls.get(id)
    return call && viewOf(call)
  }

  countOf(userId: UserId): number {
    let count = 0
    for (const call of this.#calls.values()) if (call.caller.userId === userId) count++
    return count
  }

  /** Ends a call from outside; false when there is no such call. */
  hangUp(id: CallId): boolean {
    const call = this.#calls.get(id)
    call?.hangUp('system', 'ended by request')
    return call !== undefined
  }

  /** Ends every call and waits until each is recorded. */
  async endAll(): Promise<void> {
    const calls = [...this.#calls.values()]
    for (const call of calls) call.hangUp('system', 'the exchange stops')
    await Promise.all(calls.map((call) => call.ended))
    await this.#recorder.flushed()
  }

  readonly #observer: CallObserver = {
    alerted: (call) => this.events.emit('ringing', viewOf(call)),
    answered: (call) => {
      this.#recorder.answered(call)
      this.events.emit('answered', viewOf(call))
    },
    ended: async (call, outcome) => {
      this.#calls.delete(call.id)
      const word = recordedOutcomeOf(outcome)
      this.#ended.set(word, (this.#ended.get(word) ?? 0) + 1)
      try {
        await this.#recorder.ended(call, outcome)
      } finally {
        // Lamps go out also when the history cannot be written.
        this.events.emit('ended', viewOf(call), outcome)
      }
    },
  }
}

function viewOf(call: Call): LiveCall {
  const { userId, deviceId, number, name } = call.caller
  return {
    id: call.id,
    direction: 'internal',
    state: call.state,
    fromUserId: userId,
    fromDeviceId: deviceId,
    fromNumber: number,
    fromName: name,
    toNumber: call.dialled,
    toUserId: call.decision?.kind === 'dial' ? call.decision.callee : undefined,
    answeredByUserId: call.answeredBy?.userId,
    answeredByDeviceId: call.answeredBy?.deviceId,
    startedAtMs: call.startedAtMs,
    answeredAtMs: call.callerLeg.answeredAtMs,
  }
}
