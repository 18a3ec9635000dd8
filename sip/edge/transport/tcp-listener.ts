import { createServer, type Server, type Socket } from 'node:net'
import type { Admission } from './admission.ts'
import { bindServer, closeServer } from './bind-server.ts'
import type { BoundPoint, ListenPoint } from './listen-point.ts'
import type { Listener } from './listener.ts'

/** Accepts TCP connections on one point. */
export class TcpListener implements Listener {
  readonly bound: BoundPoint
  readonly #server: Server

  private constructor(bound: BoundPoint, server: Server) {
    this.bound = bound
    this.#server = server
  }

  /** @throws StartupError when the port cannot be had. */
  static async open(
    point: ListenPoint,
    admission: Admission,
    accept: (socket: Socket, point: BoundPoint) => void,
  ): Promise<TcpListener> {
    const server = createServer({ noDelay: true })
    const bound = await bindServer(server, point)
    server.on('connection', (socket) => {
      if (admission.admit(socket)) accept(socket, bound)
    })
    return new TcpListener(bound, server)
  }

  close(): Promise<void> {
    return closeServer(this.#server)
  }
}
