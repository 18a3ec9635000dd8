import type { DeviceId, UserId } from '../../../core/ids.ts'
import type { TypedEmitter } from '../../../core/typed-emitter.ts'
import type { SipAccount } from '../accounts.ts'

/** Who or what a SUBSCRIBE asks about. */
export interface Watched {
  readonly userId: UserId
  /** Set when one phone's account was named, not a person's number. */
  readonly deviceId: DeviceId | undefined
  /** As documents name it: `sip:1002@office.example`. */
  readonly uri: string
}

/** What a subscription tells the watcher about himself when a document needs it. */
export interface DocumentContext {
  /** Counts the documents of one subscription from 0. */
  readonly version: number
}

/** One event package (RFC 6665 7.2): what can be watched, by whom, and how it is written. */
export interface EventPackage {
  /** As in the Event header. */
  readonly name: string
  readonly contentType: string
  /** Tells the key of what has changed. */
  readonly events: TypedEmitter<{ changed: [key: string] }>
  allowed(watcher: SipAccount, watched: Watched): boolean
  /** What `changed` calls the watched. */
  keyOf(watched: Watched): string
  body(watched: Watched, context: DocumentContext): string | Promise<string>
}
