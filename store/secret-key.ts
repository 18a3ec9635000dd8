import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, open, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { asError, StartupError, systemCodeOf } from '../core/errors.ts'
import { keyBytes } from './secret-cipher.ts'

export const keyFileName = 'secret.key'

/**
 * The key that encrypts secrets in the database: `secret.key` in the data directory, 32 random bytes that only the
 * owner may read, made at the first run. Whoever loses it loses the SIP passwords, so it belongs in the backup.
 * @throws StartupError
 */
export async function loadOrCreateKey(dataDir: string): Promise<Buffer> {
  const file = join(dataDir, keyFileName)
  try {
    const key = (await readKey(file)) ?? (await createKey(dataDir, file))
    if (key.length === keyBytes) return key
  } catch (thrown) {
    throw new StartupError(`cannot use the key file ${file}: ${asError(thrown).message}`, { cause: thrown })
  }
  throw new StartupError(`the key file ${file} must have ${keyBytes} bytes: put the right one back from a backup`)
}

async function readKey(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch (thrown) {
    if (systemCodeOf(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}

/** Written aside and linked into place: whoever finds the file finds it whole, and of two who make it one wins. */
async function createKey(dataDir: string, file: string): Promise<Buffer> {
  await mkdir(dataDir, { recursive: true })
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(randomBytes(keyBytes))
    await handle.sync()
  } finally {
    await handle.close()
  }
  try {
    await chmod(draft, 0o600)
    await link(draft, file)
  } catch (thrown) {
    if (systemCodeOf(thrown) !== 'EEXIST') throw thrown
  } finally {
    await unlink(draft)
  }
  return readFile(file)
}
