import type { Clock } from '../core/clock.ts'
import { Problem } from './problem.ts'

interface Limit {
  readonly attempts: number
  readonly windowMs: number
}

const fiveMinutesMs = 5 * 60_000
const perLogin: Limit = { attempts: 10, windowMs: fiveMinutesMs }
/** An address may be a whole office behind one router. */
const perAddress: Limit = { attempts: 50, windowMs: fiveMinutesMs }

/** So many names and addresses are remembered at most: an attacker who makes them up must not fill the memory. */
const mostRemembered = 20_000

/** Failed logins of the last minutes, by login and by address. */
export class LoginThrottle {
  readonly #clock: Clock
  readonly #attempts = new Map<string, number[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Notes an attempt before its password is looked at, so that many at once count as many.
   * @returns takes the attempt back when it succeeded
   * @throws Problem when there were too many
   */
  attempt(login: string, address: string): () => void {
    const entries = [
      { key: `login ${login.toLowerCase()}`, limit: perLogin },
      { key: `address ${address}`, limit: perAddress },
    ]
    const waitMs = Math.max(...entries.map(({ key, limit }) => this.#waitMs(key, limit)))
    if (waitMs > 0) throw tooMany(waitMs)
    const atMs = this.#clock.monotonicMs()
    for (const { key } of entries) this.#note(key, atMs)
    return () => {
      for (const { key } of entries) this.#forget(key, atMs)
    }
  }

  /** How many logins and addresses are remembered. */
  get remembered(): number {
    return this.#attempts.size
  }

  #waitMs(key: string, { attempts, windowMs }: Limit): number {
    const nowMs = this.#clock.monotonicMs()
    const recent = (this.#attempts.get(key) ?? []).filter((atMs) => nowMs - atMs < windowMs)
    if (recent.length === 0) this.#attempts.delete(key)
    else this.#attempts.set(key, recent)
    const oldestThatCounts = recent[recent.length - attempts]
    return oldestThatCounts === undefined ? 0 : oldestThatCounts + windowMs - nowMs
  }

  #note(key: string, atMs: number): void {
    const recent = this.#attempts.get(key) ?? []
    // Put last again, so that the first key is the one that was quiet for longest.
    this.#attempts.delete(key)
    this.#attempts.set(key, [...recent, atMs])
    if (this.#attempts.size > mostRemembered) this.#forgetQuietest(mostRemembered / 4)
  }

  #forgetQuietest(count: number): void {
    for (const key of [...this.#attempts.keys()].slice(0, count)) this.#attempts.delete(key)
  }

  #forget(key: string, atMs: number): void {
    const recent = this.#attempts.get(key) ?? []
    const at = recent.indexOf(atMs)
    if (at >= 0) recent.splice(at, 1)
  }
}

function tooMany(waitMs: number): Problem {
  const seconds = Math.ceil(waitMs / 1000)
  return new Problem('too-many-attempts', `too many failed logins: try again in ${seconds} seconds`, {
    headers: { 'Retry-After': String(seconds) },
  })
}
