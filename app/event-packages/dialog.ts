import type { UserDialogs } from '../../calls/user-dialogs.ts'
import { TypedEmitter } from '../../core/typed-emitter.ts'
import { dialogInfoBody, dialogInfoType } from '../../sip/agent/subscriptions/dialog-info-body.ts'
import type { EventPackage } from '../../sip/agent/subscriptions/event-package.ts'

/** The busy lamp (RFC 4235): everybody in the office may see who is on the telephone, not with whom. */
export function dialogPackage(dialogs: UserDialogs): EventPackage {
  const events = new TypedEmitter<{ changed: [key: string] }>()
  dialogs.events.on('changed', (userId) => events.emit('changed', userId))
  return {
    name: 'dialog',
    contentType: dialogInfoType,
    events,
    allowed: () => true,
    keyOf: (watched) => watched.userId,
    body: ({ userId, uri }, { version }) => dialogInfoBody(dialogs.of(userId), uri, version),
  }
}
