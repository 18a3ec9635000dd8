import { foundation } from './0001-foundation.ts'
import { idempotency } from './0002-idempotency.ts'
import type { Migration } from './migration.ts'

/** Every step in order, named here instead of found in a directory: sources and compiled code load the same. */
export const allMigrations: readonly Migration[] = [foundation, idempotency]
