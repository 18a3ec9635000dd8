import type { Socket } from 'node:net'
import { StreamFramer } from '../message/stream-framer.ts'
import { Connection, type ConnectionDeps, type ConnectionOptions } from './connection.ts'

const pong = Buffer.from('\r\n')

/** One TCP or TLS connection, accepted or opened. */
export class StreamConnection extends Connection {
  readonly #socket: Socket
  readonly #framer: StreamFramer
  #chunkBytes = 0

  constructor(socket: Socket, options: ConnectionOptions, deps: ConnectionDeps) {
    super(socket, options, deps)
    this.#socket = socket
    this.#framer = new StreamFramer({
      limits: deps.limits.message,
      malformed: (fault, isFatal, request) => {
        deps.sink.malformed(fault, this, request, this.#chunkBytes)
        if (isFatal) this.cut('malformed')
      },
      ping: () => this.#answerPing(),
    })
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', (error) => this.noteError(error))
    socket.once('close', () => this.noteClosed())
  }

  protected write(bytes: Buffer): number {
    this.#socket.write(bytes)
    return this.#socket.writableLength
  }

  protected end(): void {
    this.#socket.destroySoon()
  }

  protected destroy(): void {
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    if (!this.isOpen) return
    this.#chunkBytes = chunk.length
    this.activeAtMs = this.deps.clock.monotonicMs()
    for (const message of this.#framer.push(chunk)) {
      this.noteMessage()
      this.messageSinceMs = undefined
      this.deps.sink.message(message, this, message.toBuffer().length)
    }
    if (!this.#framer.isInMessage) this.messageSinceMs = undefined
    else this.messageSinceMs ??= this.activeAtMs
  }

  #answerPing(): void {
    this.deps.sink.keepAlive()
    if (this.isOpen) this.#socket.write(pong)
  }
}
