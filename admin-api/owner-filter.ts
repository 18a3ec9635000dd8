import type { UserId } from '../core/ids.ts'
import { mayActFor, type Principal } from './principal.ts'
import { Problem } from './problem.ts'

/**
 * Whose rows a list shows: a plain user's own, for others those of the user they name, or everybody's.
 * @throws Problem when a plain user names somebody else
 */
export function ownerFilter(principal: Principal, asked: UserId | undefined): UserId | undefined {
  if (asked !== undefined) {
    if (mayActFor(principal, asked, 'supervisor')) return asked
    throw new Problem('forbidden', 'a user sees only what is his')
  }
  return principal.kind === 'person' && principal.role === 'user' ? principal.user.id : undefined
}
