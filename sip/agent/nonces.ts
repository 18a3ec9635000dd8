import { hash, randomBytes } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'

export type NonceVerdict = 'fresh' | 'stale' | 'foreign' | 'replayed'

interface Use {
  lastCount: number
}

/**
 * Nonces that carry their own time and a keyed hash, so that handing one out costs no memory; only nonces that a
 * correct password was used with are remembered, for the nonce-count check (RFC 7616 3.4, `nc`).
 */
export class Nonces {
  readonly #clock: Clock
  readonly #lifetimeMs: number
  readonly #key = randomBytes(32).toString('base64url')
  #salt = 0
  #used = new Map<string, Use>()
  #usedBefore = new Map<string, Use>()
  #turnedAtMs: number

  constructor(clock: Clock, lifetimeMs: number) {
    this.#clock = clock
    this.#lifetimeMs = lifetimeMs
    this.#turnedAtMs = clock.monotonicMs()
  }

  issue(): string {
    this.#salt = (this.#salt + 1) >>> 0
    const stamp = `${Math.floor(this.#clock.monotonicMs()).toString(36)}.${this.#salt.toString(36)}`
    return `${stamp}.${this.#seal(stamp)}`
  }

  /** Whether a nonce is one of ours and young enough. */
  check(nonce: string): 'fresh' | 'stale' | 'foreign' {
    const end = nonce.lastIndexOf('.')
    const stamp = nonce.slice(0, Math.max(0, end))
    if (end < 0 || nonce.slice(end + 1) !== this.#seal(stamp)) return 'foreign'
    const issuedMs = parseInt(stamp, 36)
    return this.#clock.monotonicMs() - issuedMs > this.#lifetimeMs ? 'stale' : 'fresh'
  }

  /**
   * Notes a use by someone who knew the password. Without qop there is no count, and each nonce serves once.
   * @param count the `nc` value: eight hexadecimal digits
   */
  use(nonce: string, count: string | undefined): 'fresh' | 'replayed' {
    this.#turn()
    const number = count === undefined ? Number.MAX_SAFE_INTEGER : parseInt(count, 16)
    const known = this.#used.get(nonce) ?? this.#usedBefore.get(nonce)
    if (!Number.isFinite(number) || number <= (known?.lastCount ?? 0)) return 'replayed'
    this.#used.set(nonce, { lastCount: number })
    return 'fresh'
  }

  #seal(stamp: string): string {
    return hash('sha256', this.#key + stamp, 'base64url').slice(0, 22)
  }

  /** Forgets uses in two generations, each as long as a nonce can live. */
  #turn(): void {
    const nowMs = this.#clock.monotonicMs()
    if (nowMs - this.#turnedAtMs <= this.#lifetimeMs) return
    this.#usedBefore = nowMs - this.#turnedAtMs > 2 * this.#lifetimeMs ? new Map<string, Use>() : this.#used
    this.#used = new Map()
    this.#turnedAtMs = nowMs
  }
}
