import type { BoundPoint } from './listen-point.ts'
import type { TlsIdentity } from './tls-identity.ts'

/** Something that accepts connections on one point. */
export interface Listener {
  readonly bound: BoundPoint
  /** A new certificate for the connections to come; those that are open keep theirs. */
  useIdentity?(identity: TlsIdentity): void
  /** Stops accepting; open connections are their owner's to close. */
  close(): Promise<void>
}
