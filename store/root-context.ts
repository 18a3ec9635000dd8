import type { Knex } from 'knex'
import type { Clock } from '../core/clock.ts'
import { asError } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import type { ChangeEmitter, DatabaseChanges } from './changes.ts'
import { dialectOf } from './dialect.ts'
import type { SecretCipher } from './secret-cipher.ts'
import type { StoreContext, TransactOptions } from './store-context.ts'

export interface RootContextOptions {
  readonly knex: Knex
  readonly clock: Pick<Clock, 'now'>
  readonly cipher: SecretCipher
  readonly changes: ChangeEmitter
  readonly logger: Logger
}

/** The context outside transactions: every statement commits by itself. */
export class RootContext implements StoreContext {
  readonly knex: Knex
  readonly clock: Pick<Clock, 'now'>
  readonly cipher: SecretCipher
  readonly #changes: ChangeEmitter
  readonly #logger: Logger

  constructor({ knex, clock, cipher, changes, logger }: RootContextOptions) {
    this.knex = knex
    this.clock = clock
    this.cipher = cipher
    this.#changes = changes
    this.#logger = logger
  }

  /** What a listener throws must not make a committed write look failed. */
  changed<Name extends keyof DatabaseChanges>(name: Name, ...args: DatabaseChanges[Name]): void {
    try {
      this.#changes.emit(name, ...args)
    } catch (thrown) {
      this.#logger.error({ err: asError(thrown), change: name }, 'a listener failed on a change of the database')
    }
  }

  async transact<T>(work: (context: StoreContext) => Promise<T>, options: TransactOptions = {}): Promise<T> {
    const tellings: (() => void)[] = []
    const result = await this.knex.transaction(async (transaction) => {
      if (options.writesFirst !== true) await lockForWriting(transaction)
      return work(this.#inside(transaction, tellings))
    })
    for (const tell of tellings) tell()
    return result
  }

  #inside(transaction: Knex.Transaction, tellings: (() => void)[]): StoreContext {
    const inside: StoreContext = {
      knex: transaction,
      clock: this.clock,
      cipher: this.cipher,
      changed: (name, ...args) => {
        tellings.push(() => this.changed(name, ...args))
      },
      transact: (work) => work(inside),
    }
    return inside
  }
}

/**
 * SQLite refuses to make a reading transaction a writing one when another process wrote in between, without waiting.
 * A write that touches nothing, as the first statement, takes the write lock while waiting is still possible.
 */
async function lockForWriting(transaction: Knex.Transaction): Promise<void> {
  if (dialectOf(transaction) === 'sqlite') await transaction.raw('delete from settings where 0')
}
