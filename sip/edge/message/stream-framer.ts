import { defaultMessageLimits, type MessageLimits } from './message-limits.ts'
import { completeMessage, contentLengthOf, refused, type AnySipMessage } from './parse-message.ts'
import type { ParseFault } from './parse-fault.ts'
import { readHead, type Head } from './read-head.ts'
import { SipRequest } from './sip-request.ts'
import { HeaderList } from './header-list.ts'

export interface StreamFramerOptions {
  readonly limits?: MessageLimits
  /** A message that cannot be taken. When `isFatal`, the framing is lost with it and the connection must be closed. */
  readonly malformed?: (fault: ParseFault, isFatal: boolean, message: SipRequest | undefined) => void
  /** RFC 5626 3.5.1: the peer sent CRLF CRLF and wants a CRLF. */
  readonly ping?: () => void
}

const endOfHead = Buffer.from('\r\n\r\n')

/** Cuts a byte stream (TCP, TLS) into messages by their Content-Length (RFC 3261 18.3). */
export class StreamFramer {
  readonly #limits: MessageLimits
  readonly #options: StreamFramerOptions
  #pending: Buffer = Buffer.alloc(0)
  /** Free bytes of ours after `#pending` in its memory. */
  #room = 0
  /** Where the search for the end of the head goes on. */
  #searched = 0
  #head: Head | undefined
  /** Bytes of the message in work, its body included; known once its head is. */
  #needed = 0
  #isBroken = false

  constructor(options: StreamFramerOptions = {}) {
    this.#options = options
    this.#limits = options.limits ?? defaultMessageLimits
  }

  /** After a fault that lost the framing; further bytes are ignored. */
  get isBroken(): boolean {
    return this.#isBroken
  }

  /** Whether a message has begun and is not complete. */
  get isInMessage(): boolean {
    return this.#head !== undefined || this.#pending.some((byte) => !isLineBreak(byte))
  }

  /** The messages that are complete with these bytes. */
  push(chunk: Buffer): AnySipMessage[] {
    const messages: AnySipMessage[] = []
    if (this.#isBroken) return messages
    this.#append(chunk)
    for (let isMore = true; isMore;) isMore = this.#advance(messages)
    return messages
  }

  /** One step: keep-alives, a head, or a body. False when more bytes are needed. */
  #advance(messages: AnySipMessage[]): boolean {
    if (!this.#head) return this.#skipKeepAlives() && this.#readHead()
    if (this.#pending.length < this.#needed) return false
    const outcome = completeMessage(this.#head, this.#take(this.#needed))
    this.#head = undefined
    if (outcome.ok) messages.push(outcome.message)
    else this.#options.malformed?.(outcome.fault, false, outcome.message)
    return true
  }

  /** False when what is left is the beginning of a keep-alive or nothing. */
  #skipKeepAlives(): boolean {
    const bytes = this.#pending
    let at = 0
    while (isLineBreak(bytes[at])) {
      const left = bytes.subarray(at, at + 4)
      if (left.equals(endOfHead)) {
        this.#options.ping?.()
        at += 4
      } else if (left.length < 4 && left.equals(endOfHead.subarray(0, left.length))) break
      else at++
    }
    if (at > 0) this.#take(at)
    return this.#pending.length > 0 && !isLineBreak(this.#pending[0])
  }

  #readHead(): boolean {
    const found = this.#pending.indexOf(endOfHead, this.#searched)
    const { headerBytes } = this.#limits
    const length = found < 0 ? this.#pending.length : found + 4
    if (length > headerBytes) {
      this.#break({ code: 'headers-too-large', bytes: length, limit: headerBytes })
      return false
    }
    if (found < 0) {
      this.#searched = Math.max(0, this.#pending.length - 3)
      return false
    }
    const head = readHead(this.#pending.subarray(0, length))
    if (head.start === undefined) this.#break(head.fault)
    else this.#acceptHead(head, length)
    return !this.#isBroken
  }

  #acceptHead(head: Head, length: number): void {
    const body = contentLengthOf(head)
    if (head.bodyAt !== length) return this.#break({ code: 'bad-line', line: '' }, head)
    if (body === undefined) return this.#break({ code: 'missing-header', header: 'Content-Length' }, head)
    if (typeof body === 'object') return this.#break(body, head)
    const needed = length + body
    const { messageBytes: limit } = this.#limits
    if (needed > limit) return this.#break({ code: 'message-too-large', bytes: needed, limit }, head)
    this.#head = head
    this.#needed = needed
  }

  #break(fault: ParseFault, head?: Head): void {
    this.#isBroken = true
    this.#pending = Buffer.alloc(0)
    const outcome = head?.start.kind === 'request' ? refused(fault, requestOf(head)) : undefined
    this.#options.malformed?.(fault, true, outcome?.ok === false ? outcome.message : undefined)
  }

  /** Pieces are gathered with room to grow, so that a message sent byte by byte is not copied once a byte. */
  #append(chunk: Buffer): void {
    const held = this.#pending.length
    if (held === 0) {
      this.#pending = chunk
      this.#room = 0
      return
    }
    if (this.#room < chunk.length) {
      const grown = Buffer.allocUnsafeSlow(2 * (held + chunk.length) + 1024)
      this.#pending.copy(grown)
      this.#pending = grown.subarray(0, held)
      this.#room = grown.length - held
    }
    const { buffer, byteOffset } = this.#pending
    const longer = Buffer.from(buffer, byteOffset, held + chunk.length)
    chunk.copy(longer, held)
    this.#pending = longer
    this.#room -= chunk.length
  }

  #take(length: number): Buffer {
    const taken = this.#pending.subarray(0, length)
    this.#pending = this.#pending.subarray(length)
    this.#searched = 0
    return taken
  }
}

function isLineBreak(byte: number | undefined): boolean {
  return byte === 0x0d || byte === 0x0a
}

/** The request without its body, to be answered with its fault. */
function requestOf(head: Head): SipRequest {
  const { start } = head
  const [method, uri] = start.kind === 'request' ? [start.method, start.uri] : ['', '']
  return new SipRequest(method, uri, new HeaderList(head.fields), Buffer.alloc(0))
}
