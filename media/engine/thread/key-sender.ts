import { eventOfKey, writeEvent } from '../rtp/telephone-event.ts'
import { rtpHeaderBytes } from '../rtp/rtp-packet.ts'
import type { RtpSender } from './rtp-sender.ts'
import { tickMs } from './packet-clock.ts'

const gapMs = 100
/** RFC 4733 2.5.1.4: the end is sent three times. */
const endPackets = 3

/** Sends keys one after the other as telephone-events (RFC 4733), one packet a tick. */
export class KeySender {
  readonly #keys: string
  readonly #durationMs: number
  readonly #plan: { readonly payloadType: number; readonly clockRate: number }
  readonly #ended: () => void
  readonly #packet = Buffer.alloc(rtpHeaderBytes + 4)
  #index = 0
  #elapsedMs = 0
  #isEnded = false

  constructor(
    keys: { readonly digits: string; readonly durationMs: number },
    plan: { readonly payloadType: number; readonly clockRate: number },
    ended: () => void,
  ) {
    this.#keys = keys.digits
    this.#durationMs = Math.max(40, Math.min(6000, keys.durationMs))
    this.#plan = plan
    this.#ended = ended
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  tick(sender: RtpSender, nowMs: number): void {
    const code = eventOfKey(this.#keys[this.#index] ?? '')
    if (code === undefined) return this.end()
    if (this.#elapsedMs === 0) sender.startEvent(nowMs, this.#units(tickMs))
    const isFirst = this.#elapsedMs === 0
    this.#elapsedMs += tickMs
    if (this.#elapsedMs <= this.#durationMs) {
      const isEnd = this.#elapsedMs + tickMs > this.#durationMs
      for (let i = 0; i < (isEnd ? endPackets : 1); i++)
        this.#send(sender, { code, isEnd, isFirst: isFirst && i === 0 })
    }
    if (this.#elapsedMs < this.#durationMs + gapMs) return
    this.#elapsedMs = 0
    this.#index++
    if (this.#index >= this.#keys.length) this.end()
  }

  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#ended()
  }

  #send(sender: RtpSender, event: { code: number; isEnd: boolean; isFirst: boolean }): void {
    const duration = this.#units(this.#elapsedMs)
    writeEvent(this.#packet, rtpHeaderBytes, { code: event.code, isEnd: event.isEnd, duration })
    const { payloadType } = this.#plan
    sender.sendEvent(this.#packet, { payloadBytes: 4, payloadType, isFirst: event.isFirst, units: duration })
  }

  #units(ms: number): number {
    return Math.round((ms * this.#plan.clockRate) / 1000)
  }
}
