import type { Knex } from 'knex'

/** The form in which names are sorted and searched: no case, no accents, single spaces. */
export function searchKey(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim()
}

/** A LIKE pattern for text that contains `part`, its wildcards taken literally. */
export function containsPattern(part: string): string {
  return `%${part.replace(/[\\%_]/g, '\\$&')}%`
}

/** Adds `or column like pattern`. */
export function whereLike(query: Knex.QueryBuilder, column: string, pattern: string): void {
  void query.orWhereRaw(String.raw`?? like ? escape '\'`, [column, pattern])
}
