import type { SipRequest } from '../message/sip-request.ts'
import {
  nonInviteServerTable,
  type NonInviteServerAction,
  type NonInviteServerInput,
  type NonInviteServerState,
} from './non-invite-server-states.ts'
import type { Outlet, SendObserver } from './outlet.ts'
import type { QueuedTimer, TimerOwner } from './timer-queue.ts'
import type { TransactionContext } from './transaction-context.ts'

/** The transaction user of a request other than INVITE and ACK that came in. */
export interface NonInviteServerUser {
  /** Nobody answered in 64*T1, or an answer could not be sent. */
  failed?(reason: 'timeout' | 'transport', error?: Error): void
  ended?(): void
}

/** The server side of any request but INVITE and ACK (RFC 3261 17.2.2). Once answered it holds only the answer's bytes. */
export class NonInviteServerTransaction implements SendObserver, TimerOwner<NonInviteServerInput> {
  readonly kind = 'non-invite-server'
  readonly key: string
  readonly outlet: Outlet
  /** Under which the layer looks for the same request over another way. */
  mergeKey: string | undefined
  user: NonInviteServerUser | undefined
  /** Until it is answered. */
  request: SipRequest | undefined
  readonly #context: TransactionContext<NonInviteServerTransaction>
  #state: NonInviteServerState = 'trying'
  #last: Buffer | undefined
  #error: Error | undefined
  #endTimer: QueuedTimer | undefined

  constructor(
    context: TransactionContext<NonInviteServerTransaction>,
    key: string,
    request: SipRequest,
    outlet: Outlet,
  ) {
    this.#context = context
    this.key = key
    this.request = request
    this.outlet = outlet
  }

  get state(): NonInviteServerState {
    return this.#state
  }

  get isAnswered(): boolean {
    return this.#state === 'completed' || this.#state === 'terminated'
  }

  /** Starts the wait for an answer that is not given at once. */
  awaitAnswer(): void {
    if (this.isAnswered || this.#endTimer) return
    this.#endTimer = this.#context.timers.tell(this.#context.values.patience, this, 'abandoned')
  }

  /** Sends an answer; false when its time is over (a final answer was given before). */
  respond(status: number, bytes: Buffer): boolean {
    const input = status < 200 ? 'provisional' : 'final'
    if (!nonInviteServerTable[this.#state][input]) return false
    this.#last = bytes
    this.#input(input)
    return true
  }

  /** The request again. */
  receive(): void {
    this.#input('request')
  }

  sendFailed(error: Error): void {
    this.#error = error
    this.#input('transportError')
  }

  /** Ends it without a word, when the whole edge closes. */
  abandon(): void {
    this.#endTimer?.cancel()
    this.#state = 'terminated'
  }

  timerFired(input: NonInviteServerInput): void {
    this.#input(input)
  }

  #input(input: NonInviteServerInput): void {
    const step = nonInviteServerTable[this.#state][input]
    if (!step) return
    this.#state = step.to
    for (const action of step.actions) this.#act(action)
  }

  #act(action: NonInviteServerAction): void {
    switch (action) {
      case 'send':
        if (this.#last) this.outlet.send(this.#last, this)
        return
      case 'resend':
        this.#context.retransmitted()
        if (this.#last) this.outlet.send(this.#last, this)
        return
      case 'startJ':
        return this.#startJ()
      case 'reportTimeout':
        return this.user?.failed?.('timeout')
      case 'reportTransport':
        return this.user?.failed?.('transport', this.#error)
      case 'end':
        return this.#end()
    }
  }

  #startJ(): void {
    this.#endTimer?.cancel()
    this.request = undefined
    if (this.outlet.isReliable) return this.#input('timerJ')
    this.#endTimer = this.#context.timers.tell(this.#context.values.patience, this, 'timerJ')
  }

  #end(): void {
    this.#endTimer?.cancel()
    this.#context.ended(this)
    this.user?.ended?.()
  }
}
