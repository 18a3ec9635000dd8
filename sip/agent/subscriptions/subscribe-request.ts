import type { SipAccount } from '../accounts.ts'
import type { SipAnswer } from '../sip-source.ts'
import type { SubscriptionDialog } from './subscription-dialog.ts'

/** What every SUBSCRIBE says. */
interface Subscribe {
  /** The Event header as it stands; '' without one. */
  readonly event: string
  /** The Expires header. */
  readonly expires: string | undefined
  refuse(answer: SipAnswer): void
}

/** A SUBSCRIBE of a known device that wants a new subscription. */
export interface SubscribeRequest extends Subscribe {
  readonly account: SipAccount
  /** The user part of the Request-URI: who is to be watched. */
  readonly user: string
  /** Sends the 2xx, which makes the dialog. */
  accept(expiresSeconds: number): Promise<SubscriptionDialog>
}

/** A SUBSCRIBE in the dialog of one, with a time greater than 0. */
export interface RefreshRequest extends Subscribe {
  accept(expiresSeconds: number): void
}

/** Takes subscriptions over from the agent. */
export interface SubscriptionTaker {
  /** The packages there are, for Allow-Events. */
  readonly eventNames: readonly string[]
  take(request: SubscribeRequest): Promise<void>
}
