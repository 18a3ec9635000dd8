import type { UserId } from '../../core/ids.ts'
import { TypedEmitter } from '../../core/typed-emitter.ts'
import type { FeatureCode } from '../../routing/feature-codes.ts'
import type { EventPackage } from '../../sip/agent/subscriptions/event-package.ts'
import { messageSummaryBody, messageSummaryType } from '../../sip/agent/subscriptions/message-summary-body.ts'
import type { Database } from '../../store/database.ts'

/** What a phone's message key dials to hear its user's messages. */
export const mailboxCode = '*97' satisfies FeatureCode

export type Mailboxes = Pick<Database, 'changes'> & {
  readonly voicemails: { count(userId: UserId): Promise<{ unheard: number; heard: number }> }
}

/** The message lamp (RFC 3842): everybody may know of his own mailbox. */
export function messageSummaryPackage(mailboxes: Mailboxes, domain: string): EventPackage {
  const events = new TypedEmitter<{ changed: [key: string] }>()
  mailboxes.changes.on('voicemail', (_id, userId) => events.emit('changed', userId))
  return {
    name: 'message-summary',
    contentType: messageSummaryType,
    events,
    allowed: (watcher, watched) => watcher.userId === watched.userId,
    keyOf: (watched) => watched.userId,
    body: async ({ userId }) =>
      messageSummaryBody(await mailboxes.voicemails.count(userId), `sip:${mailboxCode}@${domain}`),
  }
}
