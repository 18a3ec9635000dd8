import type { Writable } from 'node:stream'
import { newControlId } from '../core/tokens.ts'

/** What frames are written to: a socket. */
export type FrameSink = Pick<Writable, 'write' | 'writableLength'>

interface HeldFrame {
  readonly bytes: Buffer
  readonly topic: string
  /** The turn from which on it may be written. */
  readonly fromTurn: number
}

const lineEnd = Buffer.from('\r\n')

/** One frame: its length, an id, the fields, and the SIP message if there is one. */
export function makeFrame(fields: string, message?: Buffer): Buffer {
  const head = `${newControlId()}|${fields}`
  const headBytes = Buffer.byteLength(head)
  const length = headBytes + (message ? message.length + 2 : 0)
  const start = `${length}#${head}`
  if (!message) return Buffer.from(start, 'utf8')
  return Buffer.concat([Buffer.from(start, 'utf8'), lineEnd, message])
}

/** After so many turns of the event loop what was written has surely been read: one whole round over all sockets. */
const turnsToRead = 2

/**
 * Writes frames to an application. drachtio-srf resolves a promise with the answer to a command, and hands the next frame of
 * the same chunk to listeners before whoever awaits that promise could set one. So what comes from the network waits until
 * the answer has been read alone, and so does a second message of one topic (a transaction, a dialog).
 */
export class FrameWriter {
  readonly #socket: FrameSink
  #held: HeldFrame[] = []
  #turn = 0
  #answeredAtTurn = -turnsToRead
  /** The topics written in this turn and in the one before. */
  #topics = new Set<string>()
  #topicsBefore = new Set<string>()
  #isTicking = false

  constructor(socket: FrameSink) {
    this.#socket = socket
  }

  /** Bytes that wait for a slow reader. */
  get backlogBytes(): number {
    return this.#socket.writableLength
  }

  /** The answer to a command: goes at once. */
  answer(frame: Buffer): void {
    this.#socket.write(frame)
    this.#answeredAtTurn = this.#turn
    this.#tick()
  }

  /** Something that happened in the network. */
  tell(frame: Buffer, topic: string): void {
    const fromTurn = this.#answeredAtTurn + turnsToRead
    if (this.#held.length === 0 && fromTurn <= this.#turn && !this.#isFresh(topic)) {
      this.#topics.add(topic)
      this.#socket.write(frame)
    } else this.#held.push({ bytes: frame, topic, fromTurn })
    this.#tick()
  }

  #isFresh(topic: string): boolean {
    return this.#topics.has(topic) || this.#topicsBefore.has(topic)
  }

  /** Counts turns of the event loop as long as anything depends on them. */
  #tick(): void {
    if (this.#isTicking) return
    this.#isTicking = true
    setImmediate(() => {
      this.#isTicking = false
      this.#turn++
      this.#topicsBefore = this.#topics
      this.#topics = new Set()
      this.#release()
      const isIdle = this.#held.length === 0 && this.#topics.size === 0 && this.#topicsBefore.size === 0
      if (!isIdle || this.#turn < this.#answeredAtTurn + turnsToRead) this.#tick()
    })
  }

  #release(): void {
    const ready: Buffer[] = []
    for (const { bytes, topic, fromTurn } of this.#held) {
      if (fromTurn > this.#turn || this.#isFresh(topic)) break
      this.#topics.add(topic)
      ready.push(bytes)
    }
    if (ready.length === 0) return
    this.#held = this.#held.slice(ready.length)
    this.#socket.write(Buffer.concat(ready))
  }
}
