import type { SipRequest } from '../message/sip-request.ts'
import type { SipResponse } from '../message/sip-response.ts'
import type { Flow } from '../transport/flow.ts'
import {
  inviteClientTable,
  type InviteClientAction,
  type InviteClientInput,
  type InviteClientState,
} from './invite-client-states.ts'
import { makeFailureAck } from './make-failure-ack.ts'
import type { Outlet, SendObserver } from './outlet.ts'
import type { QueuedTimer, TimerOwner } from './timer-queue.ts'
import type { TransactionContext } from './transaction-context.ts'

/** The transaction user of a request that was sent. */
export interface ClientUser {
  /** Every 1xx, the final answer, and each repeated or forked 2xx to an INVITE. */
  answered(response: SipResponse, flow: Flow): void
  /** No answer in 64*T1, or the request could not be sent. */
  failed(reason: 'timeout' | 'transport', error?: Error): void
  ended?(): void
}

/** The client side of an INVITE (RFC 3261 17.1.1, RFC 6026). */
export class InviteClientTransaction implements SendObserver, TimerOwner<InviteClientInput> {
  readonly kind = 'invite-client'
  readonly key: string
  readonly request: SipRequest
  readonly outlet: Outlet
  readonly #user: ClientUser
  readonly #context: TransactionContext<InviteClientTransaction>
  readonly #bytes: Buffer
  #state: InviteClientState = 'calling'
  #response: SipResponse | undefined
  #flow: Flow | undefined
  #ack: Buffer | undefined
  #error: Error | undefined
  #resendMs: number
  #resendTimer: QueuedTimer | undefined
  #endTimer: QueuedTimer | undefined

  constructor(
    context: TransactionContext<InviteClientTransaction>,
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

  get state(): InviteClientState {
    return this.#state
  }

  /** Sends the INVITE. */
  start(): void {
    this.#endAfter(this.#context.values.patience, 'timerB')
    this.#startResending()
    this.outlet.send(this.#bytes, this)
  }

  receive(response: SipResponse, flow: Flow): void {
    this.#flow = flow
    const { status } = response
    this.#response = response
    this.#input(status < 200 ? 'provisional' : status < 300 ? 'success' : 'failure')
  }

  /** Says that a CANCEL was sent: without a final answer in 64*T1 the INVITE counts as cancelled (RFC 3261 9.1). */
  cancelSent(): void {
    if (this.#state === 'proceeding') this.#endAfter(this.#context.values.patience, 'cancelExpired')
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

  timerFired(input: InviteClientInput): void {
    this.#input(input)
  }

  #input(input: InviteClientInput): void {
    const step = inviteClientTable[this.#state][input]
    if (!step) return
    this.#state = step.to
    for (const action of step.actions) this.#act(action)
  }

  #act(action: InviteClientAction): void {
    const { values } = this.#context
    switch (action) {
      case 'deliver':
        return this.#deliver()
      case 'acknowledge':
        return this.#acknowledge()
      case 'resend':
        this.#context.retransmitted()
        return this.outlet.send(this.#bytes, this)
      case 'resendAck':
        this.#context.retransmitted()
        return this.#ack && this.outlet.send(this.#ack, this)
      case 'startA':
        return this.#startResending()
      case 'startD':
        return this.#endAfter(this.outlet.isReliable ? 0 : values.d, 'timerD')
      case 'startM':
        return this.#endAfter(values.patience, 'timerM')
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

  #acknowledge(): void {
    if (!this.#response) return
    this.#ack = makeFailureAck(this.request, this.#response).toBuffer()
    this.outlet.send(this.#ack, this)
  }

  /** Timer A: T1, doubling without a limit; a reliable transport needs none. */
  #startResending(): void {
    if (this.outlet.isReliable) return
    this.#resendTimer = this.#context.timers.tell(this.#resendMs, this, 'timerA')
    this.#resendMs *= 2
  }

  #endAfter(ms: number, input: InviteClientInput): void {
    this.#endTimer?.cancel()
    if (ms === 0) return this.#input(input)
    this.#endTimer = this.#context.timers.tell(ms, this, input)
  }

  #stopTimers(): void {
    this.#resendTimer?.cancel()
    this.#endTimer?.cancel()
  }
}
