import { isUtf8 } from 'node:buffer'
import type { Socket } from 'node:net'
import type { RawData, WebSocket } from 'ws'
import { parseMessage } from '../message/parse-message.ts'
import { Connection, type ConnectionDeps, type ConnectionOptions } from './connection.ts'
import { isKeepAlive } from './keep-alive.ts'

/** After so long without a byte we ask whether the browser is still there; it cannot ask by itself. */
const pingAfterMs = 30_000

/** One WebSocket connection (RFC 7118): every WebSocket message is one SIP message. */
export class WebSocketConnection extends Connection {
  readonly #webSocket: WebSocket
  #pingedAtMs: number | undefined

  constructor(webSocket: WebSocket, socket: Socket, options: ConnectionOptions, deps: ConnectionDeps) {
    super(socket, options, deps)
    this.#webSocket = webSocket
    webSocket.on('message', (data) => this.#receive(bytesOf(data)))
    webSocket.on('pong', () => this.#heard())
    webSocket.on('ping', () => this.#heard())
    webSocket.on('error', (error) => this.noteError(error))
    webSocket.once('close', () => this.noteClosed())
  }

  override check(nowMs: number): void {
    super.check(nowMs)
    if (!this.isOpen || nowMs - this.activeAtMs < pingAfterMs) return
    if (this.#pingedAtMs === undefined) {
      this.#pingedAtMs = nowMs
      this.#webSocket.ping()
    } else if (nowMs - this.#pingedAtMs >= pingAfterMs) this.cut('idle')
  }

  protected write(bytes: Buffer): number {
    this.#webSocket.send(bytes, { binary: !isUtf8(bytes) })
    return this.#webSocket.bufferedAmount
  }

  protected end(): void {
    this.#webSocket.close(1000)
  }

  protected destroy(): void {
    this.#webSocket.terminate()
  }

  #receive(bytes: Buffer): void {
    if (!this.isOpen) return
    this.#heard()
    if (isKeepAlive(bytes)) {
      this.deps.sink.keepAlive()
      if (bytes.length === 4) this.#webSocket.send('\r\n')
      return
    }
    const outcome = parseMessage(bytes, this.deps.limits.message)
    if (outcome.ok) {
      this.noteMessage()
      this.deps.sink.message(outcome.message, this, bytes.length)
    } else this.deps.sink.malformed(outcome.fault, this, outcome.message, bytes.length)
  }

  #heard(): void {
    this.activeAtMs = this.deps.clock.monotonicMs()
    this.#pingedAtMs = undefined
  }
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
}
