import { RowReader, type RawRow } from './row-reader.ts'
import type { StoreContext } from './store-context.ts'

/** How long an answer is kept. */
export const keptMs = 24 * 60 * 60_000

/** Who began and neither completed nor abandoned within this time has died meanwhile. */
const longestWorkMs = 60_000

export type BegunRequest =
  | { readonly kind: 'new' }
  | { readonly kind: 'running' }
  | { readonly kind: 'answered'; readonly answer: string }
  | { readonly kind: 'other-request' }

/**
 * The requests that must not be done twice, with the answers they got. Requests and answers may hold passwords, so both
 * are encrypted.
 */
export class IdempotencyKeys {
  readonly #context: StoreContext

  constructor(context: StoreContext) {
    this.#context = context
  }

  /**
   * Takes the key for a request; of several that come together one gets `new`, and must then complete or abandon it.
   * @param id names the client and its key
   * @param fingerprint the same for the same request only
   */
  async begin(id: string, fingerprint: string): Promise<BegunRequest> {
    const { knex, clock, cipher } = this.#context
    const nowMs = clock.now()
    const columns = { id, fingerprint_sealed: cipher.seal(fingerprint, id), answer_sealed: null, began_at_ms: nowMs }
    await knex('idempotency_keys')
      .where({ id })
      .where('began_at_ms', '<=', nowMs - keptMs)
      .delete()
    await knex('idempotency_keys')
      .where({ id })
      .whereNull('answer_sealed')
      .where('began_at_ms', '<=', nowMs - longestWorkMs)
      .delete()
    const inserted = await knex('idempotency_keys').insert(columns).onConflict('id').ignore().returning<RawRow[]>('id')
    if (inserted.length > 0) return { kind: 'new' }
    const row = await knex('idempotency_keys').where({ id }).first<RawRow | undefined>('*')
    return row ? this.#begun(id, fingerprint, row) : { kind: 'running' }
  }

  /** Keeps the answer for those who ask again. */
  async complete(id: string, answer: string): Promise<void> {
    const answerSealed = this.#context.cipher.seal(answer, id)
    await this.#context.knex('idempotency_keys').where({ id }).update({ answer_sealed: answerSealed })
  }

  /** Gives the key back: nothing was done. */
  async abandon(id: string): Promise<void> {
    await this.#context.knex('idempotency_keys').where({ id }).whereNull('answer_sealed').delete()
  }

  /** Removes what is kept no longer; returns how many. */
  async removeExpired(): Promise<number> {
    const { knex, clock } = this.#context
    return knex('idempotency_keys')
      .where('began_at_ms', '<=', clock.now() - keptMs)
      .delete()
  }

  #begun(id: string, fingerprint: string, row: RawRow): BegunRequest {
    const { cipher } = this.#context
    const read = new RowReader('idempotency_keys', row)
    if (cipher.open(read.text('fingerprint_sealed'), id) !== fingerprint) return { kind: 'other-request' }
    const sealed = read.optionalText('answer_sealed')
    return sealed === undefined ? { kind: 'running' } : { kind: 'answered', answer: cipher.open(sealed, id) }
  }
}
