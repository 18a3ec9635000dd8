import type { Knex } from 'knex'
import type { Clock } from '../core/clock.ts'
import type { DatabaseChanges } from './changes.ts'
import type { SecretCipher } from './secret-cipher.ts'

/** What every repository works with: the database itself, or one transaction on it. */
export interface StoreContext {
  readonly knex: Knex
  readonly clock: Pick<Clock, 'now'>
  readonly cipher: SecretCipher
  /** Tells of a change: at once outside a transaction, after the commit inside one. */
  changed<Name extends keyof DatabaseChanges>(name: Name, ...args: DatabaseChanges[Name]): void
  /** Runs `work` in a transaction: in this one when there is one already. */
  transact<T>(work: (context: StoreContext) => Promise<T>, options?: TransactOptions): Promise<T>
}

export interface TransactOptions {
  /** Promises that the first statement of `work` is a write, which saves a statement on SQLite. */
  readonly writesFirst?: boolean
}
