import { z } from 'zod'

/** Paging parameters, to be spread into a query schema. */
export const pagingQuery = {
  limit: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(200, 'must be at most 200')
    .default(50),
  cursor: z.string().min(1).max(500).optional().describe('The `next` of the page before'),
}

/** One page of a list; `next` is the cursor of the page after it, null on the last. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), next: z.string().nullable() })
}
