import type { UpdateOptions } from '../store/update-versioned.ts'
import { Problem } from './problem.ts'

export function etagOf(row: { readonly version: number }): string {
  return `"${row.version}"`
}

/**
 * Compares If-Match with what is stored (RFC 9110 section 13.1.1) and gives what keeps that true until the write.
 * @throws Problem when none of the tags is the current one
 */
export function matching(ifMatch: string | undefined, current: { readonly version: number }): UpdateOptions {
  if (ifMatch === undefined || ifMatch.trim() === '*') return {}
  const tags = ifMatch.split(',').map((tag) => tag.trim())
  if (!tags.includes(etagOf(current))) throw new Problem('changed-meanwhile', 'read it again and repeat the change')
  return { ifVersion: current.version }
}
