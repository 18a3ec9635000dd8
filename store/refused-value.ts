import { systemCodeOf } from '../core/errors.ts'

const sqliteRefusals = ['SQLITE_CONSTRAINT', 'SQLITE_MISMATCH', 'SQLITE_TOOBIG', 'SQLITE_RANGE']

/**
 * Whether the database is well and refuses a value, now and for ever: PostgreSQL's error classes 22 (data exception) and
 * 23 (integrity constraint), SQLite's of the same meaning. Everything else may be over the next time.
 */
export function isRefusedValue(error: unknown): boolean {
  const code = systemCodeOf(error) ?? ''
  return /^2[23][0-9A-Z]{3}$/.test(code) || sqliteRefusals.includes(code)
}
