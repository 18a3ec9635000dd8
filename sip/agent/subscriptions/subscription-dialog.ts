import type { RefreshRequest } from './subscribe-request.ts'

/** What a NOTIFY says. */
export interface Notification {
  /** The Subscription-State header. */
  readonly state: string
  readonly document: { readonly contentType: string; readonly text: string } | undefined
}

/** The dialog of a subscription, seen from the notifier. */
export interface SubscriptionDialog {
  /** Resolves with the final status, 408 when the watcher is silent; rejects when it could not be sent. */
  notify(notification: Notification): Promise<number>
  onRefresh(listener: (request: RefreshRequest) => void): void
  /** The watcher asked to end it, and has his answer. */
  onUnsubscribed(listener: () => void): void
}
