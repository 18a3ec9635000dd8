import type { Session } from '../../store/sessions.ts'
import type { SessionView } from '../contracts/sessions.ts'
import { isoTime } from './iso-time.ts'

/** @param current the session that the request came with */
export function sessionView(session: Session, current: Pick<Session, 'id'>): SessionView {
  return {
    id: session.id,
    userId: session.userId,
    address: session.address,
    userAgent: session.userAgent,
    isCurrent: session.id === current.id,
    createdAt: isoTime(session.createdAtMs),
    lastUsedAt: isoTime(session.lastUsedAtMs),
    expiresAt: isoTime(session.expiresAtMs),
  }
}
