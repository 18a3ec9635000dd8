import type { Clock } from '../../../core/clock.ts'
import type { Logger } from '../../../core/logger.ts'
import { describeFault, type ParseFault } from '../message/parse-fault.ts'
import type { Flow } from './flow.ts'

const silenceMs = 60_000
const mostSources = 10_000

/** Tells the log about malformed messages: once a minute for each source address. */
export class MalformedLog {
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #toldAtMs = new Map<string, number>()

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock
    this.#logger = logger
  }

  tell(fault: ParseFault, flow: Flow): void {
    const nowMs = this.#clock.monotonicMs()
    const source = flow.remoteAddress
    const toldAtMs = this.#toldAtMs.get(source)
    if (toldAtMs !== undefined && nowMs - toldAtMs < silenceMs) return
    if (toldAtMs === undefined && this.#toldAtMs.size >= mostSources) this.#forget(nowMs)
    this.#toldAtMs.set(source, nowMs)
    const { protocol, remotePort } = flow
    this.#logger.warn({ source, port: remotePort, protocol, fault: fault.code }, describeFault(fault))
  }

  /** Makes room; a flood from more sources than we remember silences itself for a minute. */
  #forget(nowMs: number): void {
    for (const [source, atMs] of this.#toldAtMs) if (nowMs - atMs >= silenceMs) this.#toldAtMs.delete(source)
    const oldest = this.#toldAtMs.keys().next()
    if (this.#toldAtMs.size >= mostSources && oldest.value !== undefined) this.#toldAtMs.delete(oldest.value)
  }
}
