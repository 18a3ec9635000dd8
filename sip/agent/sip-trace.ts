/** One SIP message as it crossed the wire, without what must not be kept. */
export interface TracedMessage {
  readonly atMs: number
  /** `address:port`. */
  readonly from: string
  readonly to: string
  readonly protocol: string
  /** The start line. */
  readonly summary: string
  readonly sipCallId: string
  /** As in the header, for example `1 INVITE`. */
  readonly cseq: string
}

interface Ladder {
  readonly messages: TracedMessage[]
}

/** A ring of recent SIP messages by Call-ID, from which a finished call takes its ladder. Bounded whatever comes in. */
export class SipTrace {
  readonly #mostCalls: number
  readonly #mostMessages: number
  readonly #byCallId = new Map<string, Ladder>()

  /** @param mostMessages kept for one Call-ID; the oldest calls go first when there are more than `mostCalls` */
  constructor(mostCalls = 2000, mostMessages = 200) {
    this.#mostCalls = mostCalls
    this.#mostMessages = mostMessages
  }

  get size(): number {
    return this.#byCallId.size
  }

  add(message: TracedMessage): void {
    const known = this.#byCallId.get(message.sipCallId)
    if (known) {
      if (known.messages.length < this.#mostMessages) known.messages.push(message)
      return
    }
    if (this.#byCallId.size >= this.#mostCalls) this.#dropOldest()
    this.#byCallId.set(message.sipCallId, { messages: [message] })
  }

  /** All messages of the given dialogs in the order of their times. */
  ladderOf(sipCallIds: Iterable<string>): readonly TracedMessage[] {
    const all: TracedMessage[] = []
    for (const id of new Set(sipCallIds)) all.push(...(this.#byCallId.get(id)?.messages ?? []))
    return all.sort((a, b) => a.atMs - b.atMs)
  }

  forget(sipCallIds: Iterable<string>): void {
    for (const id of sipCallIds) this.#byCallId.delete(id)
  }

  #dropOldest(): void {
    const [oldest] = this.#byCallId.keys()
    if (oldest !== undefined) this.#byCallId.delete(oldest)
  }
}
