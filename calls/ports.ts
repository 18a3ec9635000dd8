import type { CallId, UserId, VoicemailId } from '../core/ids.ts'
import type { Endpoint } from '../media/endpoint.ts'
import type { CallEnd, CallPatch, NewCall } from '../store/call-record.ts'

/** An answered caller in front of a mailbox. */
export interface MailboxVisit {
  readonly callId: CallId
  readonly mailbox: UserId
  readonly endpoint: Endpoint
  readonly fromNumber: string
  readonly fromName: string
  /** Aborted when the caller is gone. */
  readonly gone: AbortSignal
}

/** What calls need of voicemail; `voicemail/` does it. */
export interface Mailboxes {
  /** Greeting, tone, recording, storing. Undefined when the caller left nothing. Never rejects because the caller left. */
  leave(visit: MailboxVisit): Promise<VoicemailId | undefined>
  /** Plays the newest message. */
  listen(visit: MailboxVisit): Promise<void>
}

/** Where calls are written down. */
export interface CallHistory {
  open(call: NewCall): Promise<void>
  update(id: CallId, patch: CallPatch): Promise<void>
  close(id: CallId, end: CallEnd): Promise<unknown>
}
