const keys = '0123456789*#ABCD'

/** The key of a telephone-event code (RFC 4733 3.2), undefined for events that are no keys. */
export function keyOfEvent(event: number): string | undefined {
  return keys[event]
}

export function eventOfKey(key: string): number | undefined {
  const event = keys.indexOf(key.toUpperCase())
  return key.length === 1 && event >= 0 ? event : undefined
}

/** Whether every character is a key. */
export function areKeys(digits: string): boolean {
  return /^[0-9*#A-Da-d]+$/.test(digits)
}

export interface KeyPress {
  readonly digit: string
  readonly durationMs: number
}

/** Longer than any pause between the packets of one event. */
const lostEndMs = 250

/** Makes one key press of the many packets of an event (RFC 4733 2.5.1): told when it ends, or when its end never came. */
export class KeyReceiver {
  #timestamp = -1
  #event = 0
  #duration = 0
  #isTold = true
  #lastPacketMs = 0

  /** @returns the press that this packet ends: its own, or an earlier one whose end was lost */
  receive(packet: Buffer, from: number, to: number, rtp: EventTime): KeyPress | undefined {
    if (to - from < 4) return undefined
    const event = packet[from] ?? 0
    const isEnd = ((packet[from + 1] ?? 0) & 0x80) !== 0
    const duration = packet.readUInt16BE(from + 2)
    let earlier: KeyPress | undefined
    if (rtp.timestamp !== this.#timestamp || event !== this.#event) {
      // A late copy of an event that is over is not a new one.
      const isOlder = this.#timestamp >= 0 && (this.#timestamp - rtp.timestamp) >>> 0 < 0x7fffffff
      if (isOlder && rtp.timestamp !== this.#timestamp && rtp.isLate) return undefined
      earlier = this.#tell(rtp.clockRate)
      this.#timestamp = rtp.timestamp
      this.#event = event
      this.#isTold = keyOfEvent(event) === undefined
      this.#duration = 0
    }
    this.#duration = Math.max(this.#duration, duration)
    this.#lastPacketMs = rtp.nowMs
    return earlier ?? (isEnd ? this.#tell(rtp.clockRate) : undefined)
  }

  /** To be called now and then: a press whose end was lost. */
  overdue(nowMs: number, clockRate: number): KeyPress | undefined {
    return !this.#isTold && nowMs - this.#lastPacketMs > lostEndMs ? this.#tell(clockRate) : undefined
  }

  get isPressed(): boolean {
    return !this.#isTold
  }

  #tell(clockRate: number): KeyPress | undefined {
    if (this.#isTold) return undefined
    this.#isTold = true
    return { digit: keyOfEvent(this.#event) as string, durationMs: Math.round((this.#duration * 1000) / clockRate) }
  }
}

export interface EventTime {
  readonly timestamp: number
  readonly clockRate: number
  readonly nowMs: number
  /** The packet came after one with a higher sequence number. */
  readonly isLate: boolean
}

/** Writes the four bytes of an event (RFC 4733 2.3); volume is the power below 0 dBm0. */
export function writeEvent(
  packet: Buffer,
  at: number,
  event: { readonly code: number; readonly isEnd: boolean; readonly duration: number },
): void {
  packet[at] = event.code
  packet[at + 1] = (event.isEnd ? 0x80 : 0) | 10
  packet.writeUInt16BE(Math.min(0xffff, event.duration), at + 2)
}
