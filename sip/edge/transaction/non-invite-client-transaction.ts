import type { SipRequest } from '../message/sip-request.ts'
import type { SipResponse } from '../message/sip-response.ts'
import type { Flow } from '../transport/flow.ts'
import type { ClientUser } from './invite-client-transaction.ts'
import {
  nonInviteClientTable,
  type NonInviteClientAction,
  type NonInviteClientInput,
  type NonInviteClientState,
} from './non-invite-client-states.ts'
import type { Outlet, SendObserver } from './outlet.ts'
import type { QueuedTimer, TimerOwner } from './timer-queue.ts'
import type { TransactionContext } from './transaction-context.ts'

/** The client side of any request but INVITE and ACK (RFC 3261 17.1.2). */
export class NonInviteClientTransaction implements SendObserver, TimerOwner<NonInviteClientInput> {
  readonly kind = 'non-invite-client'
  readonly key: string
  readonly request: SipRequest
  readonly outlet: Outlet
  readonly #user: ClientUser
  readonly #context: TransactionContext<NonInviteClientTransaction>
  readonly #bytes: Buffer
  #state: NonInviteClientState = 'trying'
  #response: SipResponse | undefined
  #flow: Flow | undefined
  #error: Error | undefined
  #resendMs: number
  #resendTimer: QueuedTimer | undefined
  #endTimer: QueuedTimer | undefined

  constructor(
    context: TransactionContext<NonInviteClientTransaction>,
    key: string,
    request: SipRequest,
    outlet: Outlet,
    user: ClientUser,
  ) {
    this.#context = context
    this.key = key
    this.request = request
    this.outlet = outlet
    this.#user = user
    this.#bytes = request.toBuffer()
    this.#resendMs = context.values.t1
  }

  get state(): NonInviteClientState {
    return this.#state
  }

  /** Sends the request. */
  start(): void {
    this.#endAfter(this.#context.values.patience, 'timerF')
    this.#startResending(this.#resendMs)
    this.outlet.send(this.#bytes, this)
  }

  receive(response: SipResponse, flow: Flow): void {
    this.#flow = flow
    this.#response = response
    this.#input(response.status < 200 ? 'provisional' : 'final')
  }

  sendFailed(error: Error): void {
    this.#error = error
    this.#input('transportError')
  }

  /** Ends it without a word, when the whole edge closes. */
  abandon(): void {
    this.#stopTimers()
    this.#state = 'terminated'
  }

  timerFired(input: NonInviteClientInput): void {
    this.#input(input)
  }

  #input(input: NonInviteClientInput): void {
    const step = nonInviteClientTable[this.#state][input]
    if (!step) return
    this.#state = step.to
    for (const action of step.actions) this.#act(action)
  }

  #act(action: NonInviteClientAction): void {
    const { values } = this.#context
    switch (action) {
      case 'deliver':
        return this.#deliver()
      case 'resend':
        this.#context.retransmitted()
        return this.outlet.send(this.#bytes, this)
      case 'startE':
        this.#resendMs = Math.min(this.#resendMs * 2, values.t2)
        return this.#startResending(this.#resendMs)
      case 'startSlowE':
        return this.#startResending(values.t2)
      case 'startK':
        return this.#endAfter(this.outlet.isReliable ? 0 : values.t4, 'timerK')
      case 'stopTimers':
        return this.#stopTimers()
      case 'reportTimeout':
        return this.#user.failed('timeout')
      case 'reportTransport':
        return this.#user.failed('transport', this.#error)
      case 'end':
        this.#stopTimers()
        this.#context.ended(this)
        return this.#user.ended?.()
    }
  }

  #deliver(): void {
    if (this.#response && this.#flow) this.#user.answered(this.#response, this.#flow)
  }

  /** Timer E; a reliable transport needs none. */
  #startResending(ms: number): void {
    if (this.outlet.isReliable) return
    this.#resendTimer = this.#context.timers.tell(ms, this, 'timerE')
  }

  #endAfter(ms: number, input: NonInviteClientInput): void {
    this.#endTimer?.cancel()
    if (ms === 0) return this.#input(input)
    this.#endTimer = this.#context.timers.tell(ms, this, input)
  }

  #stopTimers(): void {
    this.#resendTimer?.cancel()
    this.#endTimer?.cancel()
  }
}
