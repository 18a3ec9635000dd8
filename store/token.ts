import { createHash, randomBytes } from 'node:crypto'

const tokenBytes = 32

export interface NewToken {
  /** For its owner alone, shown once. */
  readonly token: string
  /** For the database. */
  readonly tokenHash: string
}

/** A bearer token with 256 bits of chance; the prefix lets people and secret scanners tell what it is. */
export function newToken(kind: 'session' | 'api-key'): NewToken {
  const prefix = kind === 'session' ? 'sts' : 'stk'
  const token = `${prefix}_${randomBytes(tokenBytes).toString('base64url')}`
  return { token, tokenHash: hashToken(token) }
}

/** SHA-256 in hexadecimal: enough for a token that nobody can guess, and quick enough for each request. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
