import type { ZodType } from 'zod'
import { RowReader, type RawRow } from './row-reader.ts'
import type { StoreContext } from './store-context.ts'

/** What the administrator sets while the exchange runs: JSON values by key. */
export class Settings {
  readonly #context: StoreContext

  constructor(context: StoreContext) {
    this.#context = context
  }

  /** @throws CorruptRow when the stored value is not what the schema says */
  async get<T>(key: string, schema: ZodType<T>): Promise<T | undefined> {
    const row = await this.#context.knex('settings').where({ key }).first<RawRow | undefined>('value')
    return row && new RowReader('settings', row).json('value', schema)
  }

  async set(key: string, value: unknown): Promise<void> {
    await this.#context
      .knex('settings')
      .insert({ key, value: JSON.stringify(value), updated_at_ms: this.#context.clock.now() })
      .onConflict('key')
      .merge()
    this.#context.changed('setting', key)
  }

  /**
   * Sets a key that has no value yet; false when it has one, which then stays: of several writers one wins.
   */
  async setOnce(key: string, value: unknown): Promise<boolean> {
    const rows: RawRow[] = await this.#context
      .knex('settings')
      .insert({ key, value: JSON.stringify(value), updated_at_ms: this.#context.clock.now() })
      .onConflict('key')
      .ignore()
      .returning('key')
    if (rows.length > 0) this.#context.changed('setting', key)
    return rows.length > 0
  }

  async remove(key: string): Promise<boolean> {
    const wasThere = (await this.#context.knex('settings').where({ key }).delete()) > 0
    if (wasThere) this.#context.changed('setting', key)
    return wasThere
  }

  /** All keys in order. */
  async keys(): Promise<readonly string[]> {
    const rows = (await this.#context.knex('settings').select('key').orderBy('key')) as RawRow[]
    return rows.map((row) => new RowReader('settings', row).text('key'))
  }
}
