interface Page<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
}

/** Reads a list page by page to its end. */
export async function everyItem<Item>(
  readPage: (paging: Record<string, string>) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = []
  let paging: Record<string, string> | undefined = { limit: '200' }
  while (paging) {
    const page: Page<Item> = await readPage(paging)
    items.push(...page.items)
    paging = page.next === null ? undefined : { limit: '200', cursor: page.next }
  }
  return items
}
