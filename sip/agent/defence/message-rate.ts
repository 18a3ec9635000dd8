import type { Clock, Timer } from '../../../core/clock.ts'

export interface MessageRateOptions {
  /** Messages a second from one address, averaged over `rateWindowMs`. */
  readonly perSecond: number
  readonly clock: Clock
  /** By how much an address may go beyond that; asked only of those that do. `Infinity`: as much as it likes. */
  readonly allowanceOf: (address: string) => number
}

/** A burst may take in one second what is allowed in five. */
export const rateWindowMs = 5_000

/** Addresses counted at once: a flood from more made-up ones starts the count anew, and fills no memory. */
const mostAddresses = 100_000

/** How much each address sends: counted in windows of time, so that a message costs one look into a table. */
export class MessageRate {
  readonly #most: number
  readonly #allowanceOf: (address: string) => number
  readonly #counts = new Map<string, number>()
  readonly #clock: Clock
  /** Runs while there is something to forget: an idle exchange sleeps. */
  #turning: Timer | undefined

  constructor({ perSecond, clock, allowanceOf }: MessageRateOptions) {
    this.#most = (perSecond * rateWindowMs) / 1000
    this.#allowanceOf = allowanceOf
    this.#clock = clock
  }

  /** Counts a message; says whether it is one too many. */
  take(address: string): 'ok' | 'first-excess' | 'excess' {
    const count = (this.#counts.get(address) ?? 0) + 1
    if (this.#counts.size >= mostAddresses) this.#counts.clear()
    this.#counts.set(address, count)
    this.#turning ??= this.#clock.after(rateWindowMs, () => this.#turn())
    return count <= this.#most ? 'ok' : this.#beyond(address, count)
  }

  close(): void {
    this.#turning?.cancel()
  }

  #turn(): void {
    this.#counts.clear()
    this.#turning = undefined
  }

  #beyond(address: string, count: number): 'ok' | 'first-excess' | 'excess' {
    const most = this.#most * this.#allowanceOf(address)
    if (count <= most) {
      // Not asked again within this window.
      if (most === Infinity) this.#counts.set(address, -Infinity)
      return 'ok'
    }
    return count <= most + 1 ? 'first-excess' : 'excess'
  }
}
