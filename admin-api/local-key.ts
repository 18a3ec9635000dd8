import { randomBytes } from 'node:crypto'
import { chmod, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asError, StartupError, systemCodeOf } from '../core/errors.ts'

export const localKeyFileName = 'local-api-key'

export function newLocalKey(): string {
  return `stl_${randomBytes(32).toString('base64url')}`
}

/**
 * Leaves the key where only the user who runs the exchange can read it, so that his shell commands need no login.
 * @throws StartupError
 */
export async function writeLocalKey(dataDir: string, key: string): Promise<void> {
  const file = join(dataDir, localKeyFileName)
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    await writeFile(draft, `${key}\n`, { mode: 0o600, flag: 'wx' })
    await chmod(draft, 0o600)
    await rename(draft, file)
  } catch (thrown) {
    throw new StartupError(`cannot write ${file}: ${asError(thrown).message}`, { cause: thrown })
  }
}

/** The key of the exchange that runs on this data directory; undefined when none left one. */
export async function readLocalKey(dataDir: string): Promise<string | undefined> {
  try {
    return (await readFile(join(dataDir, localKeyFileName), 'utf8')).trim()
  } catch (thrown) {
    if (systemCodeOf(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}

/** Takes the key away at the end, unless another exchange has left its own meanwhile. */
export async function removeLocalKey(dataDir: string, key: string): Promise<void> {
  if ((await readLocalKey(dataDir)) === key) await unlink(join(dataDir, localKeyFileName))
}
