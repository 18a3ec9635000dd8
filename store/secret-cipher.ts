import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { StrowgerError } from '../core/errors.ts'

const algorithm = 'aes-256-gcm'
const version = 1
const nonceBytes = 12
const tagBytes = 16

/** The length of the key in bytes. */
export const keyBytes = 32

/** A secret that this key cannot open: another key wrote it, or it was moved or changed. */
export class SecretUnreadable extends StrowgerError {
  readonly code = 'secret-unreadable'

  constructor(owner: string, options?: ErrorOptions) {
    super(`the secret of ${owner} cannot be decrypted with this key`, options)
  }
}

/** Encrypts what is secret at rest with AES-256-GCM. Text form: base64 of version, nonce, tag and ciphertext. */
export class SecretCipher {
  readonly #key: Buffer

  /** @param key 32 random bytes, see `loadOrCreateKey` */
  constructor(key: Buffer) {
    if (key.length !== keyBytes) throw new RangeError(`the key must have ${keyBytes} bytes, not ${key.length}`)
    this.#key = key
  }

  /** @param owner the id of the row that holds the secret; it opens nowhere else */
  seal(secret: string, owner: string): string {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv(algorithm, this.#key, nonce, { authTagLength: tagBytes })
    cipher.setAAD(Buffer.from(owner))
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
    return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), sealed]).toString('base64')
  }

  /** @throws SecretUnreadable */
  open(sealed: string, owner: string): string {
    const bytes = Buffer.from(sealed, 'base64')
    if (bytes[0] !== version || bytes.length < 1 + nonceBytes + tagBytes) throw new SecretUnreadable(owner)
    const nonce = bytes.subarray(1, 1 + nonceBytes)
    const tag = bytes.subarray(1 + nonceBytes, 1 + nonceBytes + tagBytes)
    try {
      const decipher = createDecipheriv(algorithm, this.#key, nonce, { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(owner))
      decipher.setAuthTag(tag)
      const opened = decipher.update(bytes.subarray(1 + nonceBytes + tagBytes))
      return Buffer.concat([opened, decipher.final()]).toString('utf8')
    } catch (cause) {
      throw new SecretUnreadable(owner, { cause })
    }
  }
}
