import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Test } from 'tap'
import { Mailbox } from './mailbox.ts'
import { within } from './within.ts'

/** One frame that came: what stands between the bars, and the message below. */
export class ReceivedFrame {
  readonly tokens: readonly string[]
  readonly message: string

  constructor(text: string) {
    const end = text.indexOf('\r\n')
    this.tokens = (end < 0 ? text : text.slice(0, end)).split('|')
    this.message = end < 0 ? '' : text.slice(end + 2)
  }

  get kind(): string {
    return this.tokens[1] ?? ''
  }

  /** What follows the kind, and in an answer the id of the command. */
  get fields(): readonly string[] {
    return this.tokens.slice(this.kind === 'response' ? 3 : 2)
  }

  toString(): string {
    return `${this.tokens.join('|')}\n${this.message}`
  }
}

/** Speaks the control protocol by hand. */
export class ControlClient {
  readonly frames = new Mailbox<ReceivedFrame>()
  /** The chunks as they were read. */
  readonly chunks: string[] = []
  readonly #socket: Socket
  readonly #closed: Promise<unknown>
  #pending = Buffer.alloc(0)

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#closed = once(socket, 'close')
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
  }

  static async open(t: Test, at: { readonly host: string; readonly port: number }): Promise<ControlClient> {
    const socket = connect(at)
    await once(socket, 'connect')
    t.teardown(() => void socket.destroy())
    return new ControlClient(socket)
  }

  /** Connected and let in. */
  static async authenticated(
    t: Test,
    at: { readonly host: string; readonly port: number; readonly secret: string },
  ): Promise<ControlClient> {
    const client = await ControlClient.open(t, at)
    const answer = await client.ask(`authenticate|${at.secret}`)
    if (answer.fields[0] !== 'OK') throw new Error(answer.toString())
    return client
  }

  /** Sends a command and returns its id. */
  send(command: string, message?: string): string {
    const id = randomUUID()
    const text = `${id}|${command}${message === undefined ? '' : `\r\n${message}`}`
    this.write(`${Buffer.byteLength(text)}#${text}`)
    return id
  }

  /** Sends a command and waits for its (first) answer. */
  ask(command: string, message?: string): Promise<ReceivedFrame> {
    return this.answerTo(this.send(command, message))
  }

  answerTo(id: string): Promise<ReceivedFrame> {
    return this.frames.take(`answer to ${id}`, ({ kind, tokens }) => kind === 'response' && tokens[2] === id)
  }

  /** A message from the network, by its first word or status. */
  message(start: string, ms?: number): Promise<ReceivedFrame> {
    return this.frames.take(`message ${start}`, ({ kind, message }) => kind === 'sip' && message.startsWith(start), ms)
  }

  /** Any bytes. */
  write(bytes: string): void {
    this.#socket.write(bytes)
  }

  closed(): Promise<unknown> {
    return within(5_000, () => 'the end of the control connection', this.#closed)
  }

  close(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    this.chunks.push(chunk.toString())
    this.#pending = Buffer.concat([this.#pending, chunk])
    for (let hash = this.#pending.indexOf('#'); hash > 0; hash = this.#pending.indexOf('#')) {
      const end = hash + 1 + Number(this.#pending.toString('latin1', 0, hash))
      if (this.#pending.length < end) return
      this.frames.put(new ReceivedFrame(this.#pending.toString('utf8', hash + 1, end)))
      this.#pending = this.#pending.subarray(end)
    }
  }
}
