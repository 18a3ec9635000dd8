import type { Clock } from '../../core/clock.ts'
import type { Logger } from '../../core/logger.ts'
import type { Refusal } from './authenticator.ts'
import type { Offence } from './defence/ban-list.ts'
import type { SipSource } from './sip-source.ts'

/** Sources remembered at once; a flood from more addresses than this is counted but not logged line by line. */
const mostSources = 1000
const quietMs = 60_000

/** Who hears of what speaks against an address. */
export interface Offended {
  offended(address: string, offence: Offence): void
}

/** Counts refused authentications and says so once a minute per address, so that a scan cannot fill the disk. */
export class RefusalLog {
  readonly #clock: Clock
  readonly #log: Logger
  readonly #counts = new Map<Refusal, number>()
  readonly #bans: Offended | undefined
  readonly #loggedAtMs = new Map<string, number>()

  constructor(clock: Clock, log: Logger, bans?: Offended) {
    this.#clock = clock
    this.#log = log
    this.#bans = bans
  }

  /** Refusals so far, by reason. */
  get counts(): ReadonlyMap<Refusal, number> {
    return this.#counts
  }

  note(because: Refusal, method: string, source: SipSource): void {
    this.#counts.set(because, (this.#counts.get(because) ?? 0) + 1)
    // A first request without credentials and a nonce grown old are how digest works, not an attempt to get in.
    if (because === 'no-credentials' || because === 'stale') return
    if (isOffence(because)) this.#bans?.offended(source.address, because)
    if (this.#isQuiet(source.address)) return
    this.#log.warn({ because, method, address: source.address, port: source.port }, 'SIP authentication refused')
  }

  #isQuiet(address: string): boolean {
    const nowMs = this.#clock.monotonicMs()
    const lastMs = this.#loggedAtMs.get(address)
    if (lastMs !== undefined && nowMs - lastMs < quietMs) return true
    if (this.#loggedAtMs.size >= mostSources) {
      for (const [known, atMs] of this.#loggedAtMs) if (nowMs - atMs >= quietMs) this.#loggedAtMs.delete(known)
      if (this.#loggedAtMs.size >= mostSources) return true
    }
    this.#loggedAtMs.set(address, nowMs)
    return false
  }
}

/** A nonce used twice is a request repeated, another realm an account of elsewhere: neither is a guess. */
function isOffence(because: Refusal): because is Refusal & Offence {
  return because === 'wrong-password' || because === 'wrong-user' || because === 'malformed'
}
