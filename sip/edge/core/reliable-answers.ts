import { randomInt } from 'node:crypto'
import { RepeatedAnswer } from '../dialog/repeated-answer.ts'
import type { SipRequest } from '../message/sip-request.ts'
import type { SipResponse } from '../message/sip-response.ts'
import type { EdgeContext } from './edge-context.ts'

/** Whether an answer asks to be sent reliably: a 1xx with `Require: 100rel`. */
export function isReliableAnswer(response: SipResponse): boolean {
  return response.status > 100 && response.status < 200 && hasOption(response, 'Require')
}

/** Whether the caller can acknowledge a 1xx (RFC 3262 3). */
export function takesReliableAnswers(invite: SipRequest): boolean {
  return hasOption(invite, 'Supported') || hasOption(invite, 'Require')
}

function hasOption(message: SipRequest | SipResponse, header: string): boolean {
  return message.values(header).some((option) => option.toLowerCase() === '100rel')
}

interface Unacknowledged {
  readonly rseq: number
  readonly repeated: RepeatedAnswer
}

/** The reliable provisional answers of one INVITE: one at a time, each until its PRACK (RFC 3262 3). */
export class ReliableAnswers {
  readonly #context: EdgeContext
  readonly #seq: number
  readonly #gaveUp: () => void
  #rseq = randomInt(1, 2 ** 31)
  #open: Unacknowledged | undefined
  #waiting: (() => void)[] = []

  /** `gaveUp`: no PRACK came in 64*T1. */
  constructor(context: EdgeContext, invite: SipRequest, gaveUp: () => void) {
    this.#context = context
    this.#seq = invite.cseq.number
    this.#gaveUp = gaveUp
  }

  /** Runs `send` now, or when the answer before it is acknowledged. */
  inTurn(send: () => void): void {
    if (this.#open) this.#waiting.push(send)
    else send()
  }

  /** Gives a reliable answer its number. */
  number(response: SipResponse): void {
    response.set('RSeq', this.#rseq)
  }

  /** The answer that was numbered last has been sent: `repeat` sends it again until its PRACK comes. */
  sent(repeat: () => void): void {
    const { timers, values } = this.#context
    const gaveUp = () => {
      this.stop()
      this.#gaveUp()
    }
    const longestGapMs = Number.POSITIVE_INFINITY
    this.#open = { rseq: this.#rseq, repeated: new RepeatedAnswer({ timers, values, longestGapMs, repeat, gaveUp }) }
    this.#rseq++
  }

  /** A PRACK; false when it acknowledges nothing that is open. */
  acknowledged(prack: SipRequest): boolean {
    const [rseq, seq, method] = (prack.get('RAck') ?? '').split(/\s+/)
    const open = this.#open
    if (!open || Number(rseq) !== open.rseq || Number(seq) !== this.#seq || method !== 'INVITE') return false
    open.repeated.stop()
    this.#open = undefined
    // What waited goes after the PRACK has been dealt with.
    const next = this.#waiting.shift()
    if (next) this.#context.timers.after(0, next)
    return true
  }

  /** The INVITE has its final answer. */
  stop(): void {
    this.#open?.repeated.stop()
    this.#open = undefined
    this.#waiting = []
  }
}
