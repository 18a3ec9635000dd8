import type { Clock } from '../core/clock.ts'
import type { Database } from '../store/database.ts'
import { hashPassword } from '../store/password-hash.ts'
import { randomPassword } from './random-password.ts'
import { userView } from './views/user-view.ts'

/**
 * What the first administrator logs in with. It stands where a number stands for others, since logins are e-mail
 * addresses and extensions; no keypad can dial it, and the owner may give himself a number later.
 */
export const firstLogin = 'admin'

export interface FirstAdministrator {
  readonly login: string
  readonly password: string
  /** False when the password came from the configuration: nobody need be told. */
  readonly isGenerated: boolean
}

/**
 * Makes the owner of a new exchange; undefined when there is one.
 * @param configuredPassword `admin.password` of the configuration; generated when there is none
 */
export async function ensureFirstAdministrator(
  database: Database,
  clock: Pick<Clock, 'now'>,
  configuredPassword?: string,
): Promise<FirstAdministrator | undefined> {
  if ((await database.users.count('owner')) > 0) return undefined
  const password = configuredPassword ?? randomPassword()
  const passwordHash = await hashPassword(password)
  await database.transaction(async ({ users, auditLog }) => {
    const owner = await users.create({ name: 'Administrator', extension: firstLogin, role: 'owner', passwordHash })
    const targets = { action: 'user.create', targetKind: 'user', targetId: owner.id }
    await auditLog.append({ ...targets, actorId: 'system', after: userView(owner), atMs: clock.now() })
  })
  return { login: firstLogin, password, isGenerated: configuredPassword === undefined }
}
