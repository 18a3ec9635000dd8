import type { Clock } from '../../../core/clock.ts'
import type { Logger } from '../../../core/logger.ts'
import type { Gate } from '../../edge/edge.ts'
import type { SipRequest } from '../../edge/message/sip-request.ts'
import type { Flow } from '../../edge/transport/flow.ts'
import { AllowList } from './allow-list.ts'
import { BanList } from './ban-list.ts'
import { logBans } from './log-bans.ts'
import { MessageRate } from './message-rate.ts'
import { isScanner } from './scanners.ts'

export interface DefenceOptions {
  /** Addresses and networks that nothing is held against. */
  readonly allow: readonly string[]
  /** Messages a second from one address. */
  readonly messagesPerSecond: number
  readonly clock: Clock
  readonly log: Logger
}

/** Why something was dropped. */
export type DropReason = 'banned' | 'rate' | 'scanner'

/** An office of many phones may send more than a stranger. */
const provenAllowance = 5

/** Stands before the SIP edge: whoever guesses passwords, scans or floods gets no answer any more. */
export class Defence implements Gate {
  readonly bans: BanList
  readonly #allowed: AllowList
  readonly #rate: MessageRate
  readonly #dropped: Record<DropReason, number> = { banned: 0, rate: 0, scanner: 0 }
  readonly #tell: (address: string) => void

  constructor({ allow, messagesPerSecond, clock, log }: DefenceOptions) {
    this.#allowed = new AllowList(allow)
    this.bans = new BanList({ clock, allowed: this.#allowed })
    this.#tell = logBans(this.bans, clock, log)
    const allowanceOf = (address: string) => this.#allowanceOf(address)
    this.#rate = new MessageRate({ perSecond: messagesPerSecond, clock, allowanceOf })
  }

  /** Datagrams, connections and requests dropped so far, by why. */
  get dropped(): Readonly<Record<DropReason, number>> {
    return this.#dropped
  }

  admits(address: string): boolean {
    if (this.bans.isBanned(address)) {
      this.#dropped.banned++
      return false
    }
    const verdict = this.#rate.take(address)
    if (verdict === 'ok') return true
    if (verdict === 'first-excess') this.#tell(address)
    this.#dropped.rate++
    return false
  }

  welcomes(request: SipRequest, flow: Flow): boolean {
    const userAgent = request.get('user-agent')
    if (userAgent === undefined || !isScanner(userAgent) || this.#allowed.has(flow.remoteAddress)) return true
    this.#dropped.scanner++
    this.bans.offended(flow.remoteAddress, 'scanner')
    return false
  }

  malformed(flow: Flow): void {
    this.bans.offended(flow.remoteAddress, 'malformed')
  }

  close(): void {
    this.#rate.close()
    this.bans.close()
  }

  #allowanceOf(address: string): number {
    if (this.#allowed.has(address)) return Infinity
    return this.bans.isProven(address) ? provenAllowance : 1
  }
}
