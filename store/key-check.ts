import { z } from 'zod'
import { StartupError } from '../core/errors.ts'
import { SecretUnreadable } from './secret-cipher.ts'
import { Settings } from './settings.ts'
import type { StoreContext } from './store-context.ts'

const settingKey = 'secret-key-check'
const knownText = 'strowger'

/**
 * Finds out at start, not at the first call, whether the key is the one that the secrets in the database were written
 * with.
 * @throws StartupError
 */
export async function checkKey(context: StoreContext, where: string): Promise<void> {
  const settings = new Settings(context)
  await settings.setOnce(settingKey, context.cipher.seal(knownText, settingKey))
  const sealed = (await settings.get(settingKey, z.string())) ?? ''
  try {
    context.cipher.open(sealed, settingKey)
  } catch (thrown) {
    if (!(thrown instanceof SecretUnreadable)) throw thrown
    throw new StartupError(
      `secret.key in the data directory is not the key that the passwords in ${where} were encrypted with: ` +
        'put the right key file back',
      { cause: thrown },
    )
  }
}
