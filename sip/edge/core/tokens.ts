import { randomFillSync, randomUUID } from 'node:crypto'
import { branchCookie } from '../transaction/transaction-keys.ts'

/** Letters and digits only: some phones take nothing else in a tag. Two stand twice, so that there are 64. */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz23'
const pool = Buffer.alloc(4096)
let used = pool.length

/** Random characters that are allowed in a token: nearly 6 bits of chance each. */
export function randomToken(length: number): string {
  if (used + length > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  let token = ''
  for (const end = used + length; used < end; used++) token += alphabet[(pool[used] ?? 0) & 63] ?? '0'
  return token
}

/** A From or To tag (RFC 3261 19.3). */
export function newTag(): string {
  return randomToken(13)
}

/** A Via branch (RFC 3261 8.1.1.7). */
export function newBranch(): string {
  return branchCookie + randomToken(16)
}

export function newCallId(): string {
  return randomUUID()
}

/** An id on the control connection. */
export function newControlId(): string {
  return randomUUID()
}
