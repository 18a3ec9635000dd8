import { createHash, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { Clock, Timer } from '../../../core/clock.ts'
import { asError, StartupError, systemCodeOf } from '../../../core/errors.ts'
import type { Logger } from '../../../core/logger.ts'
import { AppConnection } from './app-connection.ts'
import type { AppConnections } from './app-connections.ts'
import { parseCommand, type Command } from './command.ts'
import { FrameReader } from './frame-reader.ts'

/** What drachtio-srf reads to find out what the server can do. */
export const announcedVersion = 'v0.9.10'

/** How long a connection may take to say the secret. */
const authenticateMs = 10_000
const mostConnections = 256

export type SipCommand = Extract<Command, { kind: 'respond' | 'request' | 'cancel' | 'proxy' }>

export interface ControlServerDeps {
  readonly secret: string
  readonly apps: AppConnections
  readonly clock: Clock
  readonly logger: Logger
  /** `tcp/127.0.0.1:5060,udp/127.0.0.1:5060` */
  readonly hostports: () => string
  readonly command: (app: AppConnection, command: SipCommand) => void
  /** An application that had said the secret is gone. */
  readonly lost: (app: AppConnection) => void
}

/** The port on which applications control the edge. */
export class ControlServer {
  readonly #server: Server
  readonly #deps: ControlServerDeps
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server, deps: ControlServerDeps) {
    this.#server = server
    this.#deps = deps
    server.maxConnections = mostConnections
    server.on('connection', (socket) => this.#accept(socket))
  }

  /** @throws StartupError when the port cannot be had. */
  static async open(
    at: { readonly host: string; readonly port: number },
    deps: ControlServerDeps,
  ): Promise<ControlServer> {
    const server = createServer({ noDelay: true })
    try {
      server.listen({ host: at.host, port: at.port })
      await once(server, 'listening')
    } catch (cause) {
      const why = systemCodeOf(cause) === 'EADDRINUSE' ? 'the port is taken by another program' : asError(cause).message
      throw new StartupError(`cannot listen for applications on ${at.host}:${at.port}: ${why}`, { cause })
    }
    return new ControlServer(server, deps)
  }

  get address(): { readonly host: string; readonly port: number } {
    const address = this.#server.address()
    if (typeof address !== 'object' || !address) return { host: '', port: 0 }
    return { host: address.address, port: address.port }
  }

  async close(): Promise<void> {
    // The loss of each connection is told before this resolves: what it sets off must not outlive the edge.
    const gone = [...this.#sockets].map((socket) => {
      socket.destroy()
      return new Promise<void>((resolve) => socket.once('close', () => resolve()))
    })
    await Promise.all([...gone, new Promise<void>((resolve) => this.#server.close(() => resolve()))])
  }

  #accept(socket: Socket): void {
    const { clock, logger } = this.#deps
    const app = new AppConnection(socket, clock)
    const reader = new FrameReader()
    const deadline = clock.after(authenticateMs, () => socket.destroy())
    this.#sockets.add(socket)
    socket.on('data', (chunk: Buffer) => this.#receive(app, reader, chunk, deadline))
    socket.on('error', (err) => logger.debug({ err, app: app.remote }, 'a control connection failed'))
    socket.once('close', () => {
      deadline.cancel()
      this.#sockets.delete(socket)
      this.#gone(app)
    })
  }

  #receive(app: AppConnection, reader: FrameReader, chunk: Buffer, deadline: Timer): void {
    try {
      for (const frame of reader.push(chunk)) {
        if (!app.isOpen) return
        this.#obey(app, parseCommand(frame))
        if (app.isAuthenticated) deadline.cancel()
      }
    } catch (thrown) {
      this.#deps.logger.warn({ err: asError(thrown), app: app.remote }, 'a control connection is closed')
      app.close()
    }
  }

  #obey(app: AppConnection, command: Command): void {
    if (!app.isAuthenticated && command.kind !== 'authenticate') {
      return app.refuseAndClose(command.id, 'not authenticated')
    }
    switch (command.kind) {
      case 'authenticate':
        return this.#authenticate(app, command)
      case 'route':
        this.#deps.apps.addRoute(app, command.verb)
        return app.accept(command.id)
      case 'remove_route':
        this.#deps.apps.removeRoute(app, command.verb)
        return app.accept(command.id)
      case 'ping':
        return app.accept(command.id, 'pong')
      case 'refused':
        return command.isFatal ? app.refuseAndClose(command.id, command.reason) : app.refuse(command.id, command.reason)
      default:
        return this.#deps.command(app, command)
    }
  }

  #authenticate(app: AppConnection, { id, secret, tags }: Extract<Command, { kind: 'authenticate' }>): void {
    const { apps, logger, hostports } = this.#deps
    if (!isSame(secret, this.#deps.secret)) {
      logger.warn({ app: app.remote }, 'an application gave a wrong secret')
      return app.refuseAndClose(id, 'incorrect secret')
    }
    app.isAuthenticated = true
    app.tags = tags
    apps.add(app)
    logger.info({ app: app.remote, tags }, 'an application has connected')
    app.accept(id, `${hostports()}|${announcedVersion}|${hostports()}`)
  }

  #gone(app: AppConnection): void {
    app.lost()
    if (!app.isAuthenticated) return
    const { apps, logger, lost } = this.#deps
    apps.remove(app)
    logger.warn({ app: app.remote }, 'an application has gone')
    lost(app)
  }
}

/** Compares without telling by its duration how much was right. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
