import { StartupError } from '../core/errors.ts'

/**
 * Starts something. What the operator can mend is one line on standard error, and undefined; anything else is a defect,
 * and its trace is wanted.
 */
export async function orOneLine<T>(start: () => Promise<T>): Promise<T | undefined> {
  try {
    return await start()
  } catch (thrown) {
    if (!(thrown instanceof StartupError)) throw thrown
    process.stderr.write(`strowger: ${thrown.message}\n`)
    return undefined
  }
}
