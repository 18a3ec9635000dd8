import type { Clock } from '../../../core/clock.ts'
import type { Target } from './flow.ts'
import type { Hop } from './hop.ts'
import type { TargetResolver } from './resolve-target.ts'

interface Entry {
  readonly targets: Promise<readonly Target[]>
  untilMs: number
}

const keepMs = 30_000
const keepFailureMs = 5_000
const mostEntries = 1_000

/**
 * Asks each question once in half a minute, and once at a time: a name server that does not answer costs one wait, not one
 * for each call. Every answer is given anew in the order it came, so SRV weights are drawn once in that time.
 */
export class RememberedTargets {
  readonly #resolver: Pick<TargetResolver, 'resolve'>
  readonly #clock: Clock
  readonly #entries = new Map<string, Entry>()

  constructor(resolver: Pick<TargetResolver, 'resolve'>, clock: Clock) {
    this.#resolver = resolver
    this.#clock = clock
  }

  /** @throws HostUnknown */
  resolve(hop: Hop): Promise<readonly Target[]> {
    const key = `${hop.host} ${hop.port ?? ''} ${hop.protocol ?? ''} ${hop.isSecure}`
    const nowMs = this.#clock.monotonicMs()
    const known = this.#entries.get(key)
    if (known && known.untilMs > nowMs) return known.targets
    if (this.#entries.size >= mostEntries) this.#forget(nowMs)
    const targets = this.#resolver.resolve(hop)
    const entry = { targets, untilMs: nowMs + keepMs }
    targets.catch(() => (entry.untilMs = Math.min(entry.untilMs, this.#clock.monotonicMs() + keepFailureMs)))
    this.#entries.set(key, entry)
    return targets
  }

  #forget(nowMs: number): void {
    for (const [key, entry] of this.#entries) if (entry.untilMs <= nowMs) this.#entries.delete(key)
    if (this.#entries.size >= mostEntries) this.#entries.clear()
  }
}
