import type { ApiKeyId, UserId } from '../core/ids.ts'
import type { Session } from '../store/sessions.ts'
import type { User } from '../store/user.ts'
import { roleReaches, type Role, type Scope } from './contracts/roles.ts'
import { Problem } from './problem.ts'

export interface Person {
  readonly kind: 'person'
  readonly user: User
  readonly session: Session
  readonly role: Role
}

/** A machine. The id `local` is the key that the exchange leaves in its data directory. */
export interface Machine {
  readonly kind: 'machine'
  readonly id: ApiKeyId | 'local'
  readonly role: Role
  readonly scope: Scope
}

/** Who asks. */
export type Principal = Person | Machine

/** How the audit log and the idempotency table name a principal. */
export function actorIdOf(principal: Principal): string {
  return principal.kind === 'person' ? principal.user.id : principal.id
}

/** Whether the one who asks may see or change what belongs to the user: his own, or anybody's from that role up. */
export function mayActFor(principal: Principal, userId: UserId | undefined, from: Role): boolean {
  if (roleReaches(principal.role, from)) return true
  return principal.kind === 'person' && principal.user.id === userId
}

/** Nobody changes or appoints somebody above himself. */
export function refuseAbove(principal: Principal, role: Role): void {
  if (!roleReaches(principal.role, role)) throw new Problem('forbidden', `this needs the role ${role}`)
}
