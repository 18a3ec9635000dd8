/** How long a phone waits for what a test expects, unless told otherwise. */
export const patienceMs = 8_000

/**
 * The promise's value, or an error with a sentence when it takes longer than `ms`.
 * @param whatIsMissing  read only on failure, so it can tell how far things got
 */
export async function within<T>(ms: number, whatIsMissing: () => string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${whatIsMissing()}`)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
