import type { User } from '../../store/user.ts'
import type { UserView } from '../contracts/users.ts'
import { isoTime } from './iso-time.ts'

export function userView(user: User): UserView {
  return {
    id: user.id,
    name: user.name,
    email: user.email ?? null,
    extension: user.extension,
    role: user.role,
    mobile: user.mobile ?? null,
    timeZone: user.timeZone ?? null,
    plan: user.plan ?? null,
    hasPassword: user.passwordHash !== undefined,
    callHandling: user.callHandling,
    createdAt: isoTime(user.createdAtMs),
    updatedAt: isoTime(user.updatedAtMs),
  }
}
