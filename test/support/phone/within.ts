/** How long a phone waits for what a test expects, unless told otherwise. */
export const patienceMs = 8_000

/** What a test waited for did not happen. */
export class Unmet extends Error {
  /** What did happen, as lines: test reports show it below the message. */
  readonly story: readonly string[]

  /** @param missing  the message, and from its second line on the story */
  constructor(when: string, missing: string) {
    const [first = '', ...story] = missing.trimEnd().split('\n')
    super(`${when}: ${first}`)
    this.name = 'Unmet'
    this.story = story
  }
}

/**
 * The promise's value, or an error when it takes longer than `ms`.
 * @param whatIsMissing  read only on failure, so it can tell how far things got: a line, and more lines with details
 * @throws Unmet
 */
export async function within<T>(ms: number, whatIsMissing: () => string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unmet(`not within ${ms} ms`, whatIsMissing())), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
