import type { Extension, UserId } from '../core/ids.ts'
import { RowReader, type RawRow } from './row-reader.ts'
import type { StoreContext } from './store-context.ts'

export const extensionKinds = ['user'] as const

/** Who a dialable number belongs to. All kinds share one number space. */
export interface ExtensionEntry {
  readonly number: Extension
  readonly kind: (typeof extensionKinds)[number]
  readonly targetId: UserId
}

/** The index of all dialable numbers; rows are written by the repositories of what they lead to. */
export class Extensions {
  readonly #context: StoreContext

  constructor(context: StoreContext) {
    this.#context = context
  }

  async find(number: string): Promise<ExtensionEntry | undefined> {
    const row = await this.#context.knex('extensions').where({ number }).first<RawRow | undefined>('*')
    return row && parseExtension(row)
  }

  /** All, in the order of their numbers. */
  async listAll(): Promise<readonly ExtensionEntry[]> {
    const rows = (await this.#context.knex('extensions').select('*').orderBy('number')) as RawRow[]
    return rows.map(parseExtension)
  }
}

function parseExtension(row: RawRow): ExtensionEntry {
  const read = new RowReader('extensions', row)
  return {
    number: read.text<Extension>('number'),
    kind: read.oneOf('kind', extensionKinds),
    targetId: read.text<UserId>('target_id'),
  }
}
