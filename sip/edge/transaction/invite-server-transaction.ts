import type { SipRequest } from '../message/sip-request.ts'
import type { Flow } from '../transport/flow.ts'
import {
  inviteServerTable,
  type InviteServerAction,
  type InviteServerInput,
  type InviteServerState,
} from './invite-server-states.ts'
import type { Outlet, SendObserver } from './outlet.ts'
import type { QueuedTimer, TimerOwner } from './timer-queue.ts'
import type { TransactionContext } from './transaction-context.ts'

/** The transaction user of an INVITE that came in. */
export interface InviteServerUser {
  /** The To tag of its answers; that of the CANCEL has the same (RFC 3261 9.2). */
  readonly localTag?: string
  /** The caller wants it to end; the CANCEL itself is answered already. */
  cancelled?(cancel: SipRequest, flow: Flow): void
  /** The ACK of a 2xx that came in the INVITE's own branch, as RFC 2543 clients send it. */
  acknowledged?(ack: SipRequest): void
  /** The refusal was never acknowledged (64*T1), or an answer could not be sent. */
  failed?(reason: 'timeout' | 'transport', error?: Error): void
  ended?(): void
}

/** The server side of an INVITE (RFC 3261 17.2.1, RFC 6026). */
export class InviteServerTransaction implements SendObserver, TimerOwner<InviteServerInput> {
  readonly kind = 'invite-server'
  readonly key: string
  readonly request: SipRequest
  readonly outlet: Outlet
  /** Under which the layer looks for the same request over another way. */
  mergeKey: string | undefined
  user: InviteServerUser = {}
  readonly #context: TransactionContext<InviteServerTransaction>
  #state: InviteServerState = 'proceeding'
  #last: Buffer | undefined
  #ack: SipRequest | undefined
  #error: Error | undefined
  #resendMs: number
  #resendTimer: QueuedTimer | undefined
  #endTimer: QueuedTimer | undefined

  constructor(context: TransactionContext<InviteServerTransaction>, key: string, request: SipRequest, outlet: Outlet) {
    this.#context = context
    this.key = key
    this.request = request
    this.outlet = outlet
    this.#resendMs = context.values.t1
  }

  get state(): InviteServerState {
    return this.#state
  }

  /** Whether a final answer was given. */
  get isAnswered(): boolean {
    return this.#state !== 'proceeding'
  }

  /** Sends an answer; false when its time is over (a final answer was given before). A 2xx may be repeated. */
  respond(status: number, bytes: Buffer): boolean {
    const input = status < 200 ? 'provisional' : status < 300 ? 'success' : 'failure'
    if (!inviteServerTable[this.#state][input]) return false
    this.#last = bytes
    this.#input(input)
    return true
  }

  /** The INVITE again, or an ACK in its branch. */
  receive(request: SipRequest): void {
    if (request.method !== 'ACK') return this.#input('request')
    this.#ack = request
    this.#input('ack')
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

  timerFired(input: InviteServerInput): void {
    this.#input(input)
  }

  #input(input: InviteServerInput): void {
    const step = inviteServerTable[this.#state][input]
    if (!step) return
    this.#state = step.to
    for (const action of step.actions) this.#act(action)
  }

  #act(action: InviteServerAction): void {
    const { values } = this.#context
    switch (action) {
      case 'send':
        return this.#send()
      case 'resend':
        return this.#resend()
      case 'startG':
        return this.#startResending()
      case 'startH':
        return this.#endAfter(values.patience, 'timerH')
      case 'startI':
        return this.#endAfter(this.outlet.isReliable ? 0 : values.t4, 'timerI')
      case 'startL':
        return this.#endAfter(values.patience, 'timerL')
      case 'stopTimers':
        return this.#stopTimers()
      case 'passAck':
        return this.#ack && this.user.acknowledged?.(this.#ack)
      case 'reportTimeout':
        return this.user.failed?.('timeout')
      case 'reportTransport':
        return this.user.failed?.('transport', this.#error)
      case 'end':
        this.#stopTimers()
        this.#context.ended(this)
        return this.user.ended?.()
    }
  }

  #send(): void {
    if (this.#last) this.outlet.send(this.#last, this)
  }

  #resend(): void {
    if (!this.#last) return
    this.#context.retransmitted()
    this.outlet.send(this.#last, this)
  }

  /** Timer G: T1, doubling up to T2; a reliable transport needs none. */
  #startResending(): void {
    if (this.outlet.isReliable) return
    this.#resendTimer = this.#context.timers.tell(this.#resendMs, this, 'timerG')
    this.#resendMs = Math.min(this.#resendMs * 2, this.#context.values.t2)
  }

  #endAfter(ms: number, input: InviteServerInput): void {
    if (ms === 0) return this.#input(input)
    this.#endTimer = this.#context.timers.tell(ms, this, input)
  }

  #stopTimers(): void {
    this.#resendTimer?.cancel()
    this.#endTimer?.cancel()
  }
}
