const maxDropout = 3000
const maxMisorder = 100
const modulus = 1 << 16

/** What becomes of one packet's sequence number. */
export type Arrival = 'in-order' | 'late' | 'restarted' | 'dropped'

/** Counts one incoming stream: expected, lost, jitter (RFC 3550 6.4.1, A.1, A.3, A.8). */
export class Reception {
  #ssrc = -1
  #baseSequence = 0
  #highest = 0
  #cycles = 0
  #badSequence = -1
  #received = 0
  #lostBefore = 0
  #transit = 0
  #jitter = 0
  #expectedPrior = 0
  #receivedPrior = 0
  clockRate = 8000

  get ssrc(): number {
    return this.#ssrc
  }

  get hasStarted(): boolean {
    return this.#ssrc >= 0
  }

  /** Since the beginning, over all sources. */
  get lost(): number {
    return this.#lostBefore + Math.max(0, this.#expected() - this.#received)
  }

  get jitterUnits(): number {
    return Math.round(this.#jitter)
  }

  get jitterMs(): number {
    return (this.#jitter * 1000) / this.clockRate
  }

  get extendedHighest(): number {
    return (this.#cycles + this.#highest) >>> 0
  }

  /**
   * @param timestamp undefined when it says nothing about the time of sending
   * @param nowMs when it came, by the monotonic clock
   */
  count(ssrc: number, sequence: number, timestamp: number | undefined, nowMs: number): Arrival {
    if (ssrc !== this.#ssrc) return this.#restart(ssrc, sequence, timestamp, nowMs)
    const ahead = (sequence - this.#highest) & 0xffff
    if (ahead < maxDropout) {
      if (sequence < this.#highest) this.#cycles += modulus
      this.#highest = sequence
      this.#received++
      this.#measure(timestamp, nowMs)
      return ahead === 0 && this.#received > 1 ? 'late' : 'in-order'
    }
    if (ahead > modulus - maxMisorder) {
      this.#received++
      return 'late'
    }
    // A.1: a great jump counts as the same sender having restarted only when its next packet follows.
    if (sequence === this.#badSequence) return this.#restart(ssrc, sequence, timestamp, nowMs)
    this.#badSequence = (sequence + 1) & 0xffff
    return 'dropped'
  }

  /** The fraction lost since the last report, in 1/256 (RFC 3550 A.3). */
  takeFractionLost(): number {
    const expected = this.#expected() - this.#expectedPrior
    const received = this.#received - this.#receivedPrior
    this.#expectedPrior = this.#expected()
    this.#receivedPrior = this.#received
    const lost = expected - received
    return expected <= 0 || lost <= 0 ? 0 : Math.floor((lost * 256) / expected)
  }

  #expected(): number {
    return this.hasStarted ? this.#cycles + this.#highest - this.#baseSequence + 1 : 0
  }

  #restart(ssrc: number, sequence: number, timestamp: number | undefined, nowMs: number): Arrival {
    this.#lostBefore = this.lost
    this.#ssrc = ssrc
    this.#baseSequence = sequence
    this.#highest = sequence
    this.#cycles = 0
    this.#badSequence = -1
    this.#received = 1
    this.#expectedPrior = 0
    this.#receivedPrior = 0
    this.#transit = (nowMs * this.clockRate) / 1000 - (timestamp ?? 0)
    return 'restarted'
  }

  #measure(timestamp: number | undefined, nowMs: number): void {
    if (timestamp === undefined) return
    const transit = (nowMs * this.clockRate) / 1000 - timestamp
    const difference = Math.abs(transit - this.#transit)
    this.#transit = transit
    // A jump of more than a second is a new timestamp base, not jitter.
    if (difference < this.clockRate) this.#jitter += (difference - this.#jitter) / 16
  }
}
