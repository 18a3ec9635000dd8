import { systemCodeOf } from '../core/errors.ts'

/**
 * What a unique constraint refused: the names of its columns or its constraint, as the database reports them;
 * undefined when `thrown` is any other error.
 * SQLite: `SQLITE_CONSTRAINT: UNIQUE constraint failed: users.email`. PostgreSQL: code 23505, constraint
 * `users_email_unique`.
 */
export function uniqueViolation(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined
  const code = systemCodeOf(thrown)
  if (code === '23505') return 'constraint' in thrown ? String(thrown.constraint) : thrown.message
  if (code !== 'SQLITE_CONSTRAINT') return undefined
  return /UNIQUE constraint failed: (.*)$/.exec(thrown.message)?.[1]
}

/** Runs a write; when a unique constraint refuses it, throws what `explain` makes of the constraint's name instead. */
export async function explainUnique<T>(
  write: () => Promise<T>,
  explain: (constraint: string, cause: unknown) => Error | undefined,
): Promise<T> {
  try {
    return await write()
  } catch (thrown) {
    const constraint = uniqueViolation(thrown)
    const explained = constraint === undefined ? undefined : explain(constraint, thrown)
    throw explained ?? thrown
  }
}

/** Runs a write; when it refers to a row that is not there, throws what `explain` says instead. */
export async function explainForeignKey<T>(write: () => Promise<T>, explain: () => Error): Promise<T> {
  try {
    return await write()
  } catch (thrown) {
    throw isForeignKeyViolation(thrown) ? explain() : thrown
  }
}

function isForeignKeyViolation(thrown: unknown): boolean {
  const code = systemCodeOf(thrown)
  if (code === '23503') return true
  return code === 'SQLITE_CONSTRAINT' && thrown instanceof Error && thrown.message.includes('FOREIGN KEY')
}
