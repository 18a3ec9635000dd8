import { hash, verify } from '@node-rs/argon2'

/** `Algorithm.Argon2id` of @node-rs/argon2, which declares it as a const enum. */
const argon2id = 2

/** OWASP's recommendation for argon2id: 19 MiB, two passes, one lane; about 20 ms on a small server. */
const parameters = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** Hashes a login password on a worker thread; the result names its parameters, so they may change later. */
export async function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFC'), parameters)
}

/** Whether the password is the one hashed; false too for something that is not a hash. */
export async function verifyPassword(passwordHash: string, password: string): Promise<boolean> {
  try {
    return await verify(passwordHash, password.normalize('NFC'))
  } catch {
    return false
  }
}
