/** Who is told that bytes it gave to an outlet could not be sent. */
export interface SendObserver {
  sendFailed(error: Error): void
}

/** The way on which a transaction's messages leave. */
export interface Outlet {
  /** Whether the transport itself repeats what gets lost (TCP, TLS, WebSocket). */
  readonly isReliable: boolean
  /** Whom it leads to, as `endpointKey` writes it; only requests need it. */
  readonly peer?: string
  /** Sends now, or as soon as the way is open. */
  send(bytes: Buffer, observer: SendObserver): void
}
