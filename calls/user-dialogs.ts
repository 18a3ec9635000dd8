import type { CallId, UserId } from '../core/ids.ts'
import { TypedEmitter } from '../core/typed-emitter.ts'
import type { WatchedDialog } from '../sip/agent/subscriptions/dialog-info-body.ts'
import type { LiveCall, LiveCalls } from './live-calls.ts'

/** A call as one of its people has it. */
export interface UserDialog extends WatchedDialog {
  readonly callId: CallId
  readonly userId: UserId
}

/** Whom a call occupies now, and how. */
export function dialogsOf(call: LiveCall): readonly UserDialog[] {
  const caller = { callId: call.id, userId: call.fromUserId, id: `${call.id}-out`, direction: 'initiator' } as const
  const callee = { callId: call.id, id: `${call.id}-in`, direction: 'recipient' } as const
  switch (call.state) {
    case 'arriving':
      return [{ ...caller, state: 'trying' }]
    case 'ringing': {
      const rings = call.toUserId && { ...callee, userId: call.toUserId, state: 'early' as const }
      return [{ ...caller, state: 'early' }, ...(rings ? [rings] : [])]
    }
    case 'talking': {
      const talks = call.answeredByUserId && { ...callee, userId: call.answeredByUserId, state: 'confirmed' as const }
      return [{ ...caller, state: 'confirmed' }, ...(talks ? [talks] : [])]
    }
    case 'served':
      return [{ ...caller, state: 'confirmed' }]
    case 'ending':
    case 'ended':
      return []
  }
}

/** What busy lamps show: each user's calls, and the one that ended last until the next begins. */
export class UserDialogs {
  readonly events = new TypedEmitter<{ changed: [userId: UserId] }>()
  readonly #byUser = new Map<UserId, readonly UserDialog[]>()
  readonly #usersOf = new Map<CallId, ReadonlySet<UserId>>()

  constructor(calls: LiveCalls['events']) {
    for (const name of ['arrived', 'ringing', 'answered'] as const) calls.on(name, (call) => this.#follow(call))
    calls.on('ended', (call) => this.#follow(call))
  }

  of(userId: UserId): readonly UserDialog[] {
    return this.#byUser.get(userId) ?? []
  }

  #follow(call: LiveCall): void {
    const dialogs = dialogsOf(call)
    const users = new Set(dialogs.map((dialog) => dialog.userId))
    const earlier = this.#usersOf.get(call.id) ?? []
    if (users.size > 0) this.#usersOf.set(call.id, users)
    else this.#usersOf.delete(call.id)
    for (const userId of new Set([...earlier, ...users])) {
      this.#put(
        userId,
        call.id,
        dialogs.filter((dialog) => dialog.userId === userId),
      )
    }
  }

  /** Some lamps go out only when they hear that a call is terminated; a list without it is not enough for them. */
  #put(userId: UserId, callId: CallId, dialogs: readonly UserDialog[]): void {
    const known = this.of(userId).filter((dialog) => dialog.state !== 'terminated')
    const others = known.filter((dialog) => dialog.callId !== callId)
    const over = known
      .filter((dialog) => dialog.callId === callId && !dialogs.some(({ id }) => id === dialog.id))
      .map((dialog): UserDialog => ({ ...dialog, state: 'terminated' }))
    this.#byUser.set(userId, [...others, ...dialogs, ...over])
    this.events.emit('changed', userId)
  }
}
