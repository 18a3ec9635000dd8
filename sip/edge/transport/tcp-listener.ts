import { once } from 'node:events'
import { createServer, isIPv6, type Server, type Socket } from 'node:net'
import { bindError, type BoundPoint, type ListenPoint } from './listen-point.ts'

/** Accepts TCP connections on one point. */
export class TcpListener {
  readonly bound: BoundPoint
  readonly #server: Server

  private constructor(bound: BoundPoint, server: Server, accept: (socket: Socket, point: BoundPoint) => void) {
    this.bound = bound
    this.#server = server
    server.on('connection', (socket) => accept(socket, bound))
  }

  /** @throws StartupError when the port cannot be had. */
  static async open(point: ListenPoint, accept: (socket: Socket, point: BoundPoint) => void): Promise<TcpListener> {
    const server = createServer({ noDelay: true })
    try {
      server.listen({ host: point.host, port: point.port, ipv6Only: isIPv6(point.host), backlog: 1024 })
      await once(server, 'listening')
    } catch (cause) {
      server.close()
      throw bindError(point, cause)
    }
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : point.port
    return new TcpListener({ ...point, port }, server, accept)
  }

  /** Stops accepting; open connections are their owner's to close. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}
