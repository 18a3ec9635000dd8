import type { Socket } from 'node:net'
import type { Clock } from '../../../core/clock.ts'
import type { SipMessage } from '../message/sip-message.ts'
import { metaFields, type FrameMeta } from './frame-meta.ts'
import { FrameWriter, makeFrame, type FrameSink } from './frame-writer.ts'

/** What an application that does not read may leave waiting before its connection is given up. */
const longestBacklogBytes = 16_777_216

/** What an application's connection needs of its socket. */
export type ControlSocket = FrameSink & Pick<Socket, 'end' | 'destroy' | 'destroySoon' | 'remoteAddress' | 'remotePort'>

/** One application on the control port. */
export class AppConnection {
  readonly remote: string
  readonly verbs = new Set<string>()
  tags: readonly string[] = []
  isAuthenticated = false
  readonly #socket: ControlSocket
  readonly #writer: FrameWriter
  readonly #clock: Clock
  #isOpen = true

  constructor(socket: ControlSocket, clock: Clock) {
    this.#socket = socket
    this.#clock = clock
    this.#writer = new FrameWriter(socket)
    this.remote = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** The answer to a command that was done; `fields` without a leading bar. */
  accept(commandId: string, fields?: string): void {
    this.#answer(`response|${commandId}|OK${fields === undefined ? '' : `|${fields}`}`)
  }

  /** The answer to a command that sent a message: `fields` follow the message's own. */
  acceptSent(commandId: string, meta: FrameMeta, fields: string, message: SipMessage): void {
    this.#answer(`response|${commandId}|OK|${metaFields(meta, this.#clock)}|${fields}`, message.toBuffer())
  }

  /** `NOK`: the connection goes on. */
  refuse(commandId: string, reason: string): void {
    this.#answer(`response|${commandId}|NOK|${reason}`)
  }

  /** `NO`: the connection ends. */
  refuseAndClose(commandId: string, reason: string): void {
    this.#answer(`response|${commandId}|NO|${reason}`)
    this.close()
  }

  /** A message from the network (or one the server made up); `fields` follow the message's own. */
  tell(meta: FrameMeta, fields: string, message: SipMessage, topic: string): void {
    if (!this.#isOpen) return
    const frame = makeFrame(`sip|${metaFields(meta, this.#clock)}|${fields}`, message.toBuffer())
    this.#writer.tell(frame, topic)
    this.#limitBacklog()
  }

  close(): void {
    this.#isOpen = false
    this.#socket.end()
    this.#socket.destroySoon()
  }

  /** The socket has closed. */
  lost(): void {
    this.#isOpen = false
  }

  #answer(fields: string, message?: Buffer): void {
    if (!this.#isOpen) return
    this.#writer.answer(makeFrame(fields, message))
    this.#limitBacklog()
  }

  #limitBacklog(): void {
    if (this.#writer.backlogBytes > longestBacklogBytes) this.#socket.destroy()
  }
}
