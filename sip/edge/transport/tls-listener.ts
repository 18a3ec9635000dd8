import type { Socket } from 'node:net'
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls'
import type { Admission } from './admission.ts'
import { bindServer, closeServer } from './bind-server.ts'
import type { BoundPoint, ListenPoint } from './listen-point.ts'
import type { Listener } from './listener.ts'
import { trustedCertificates, type TlsIdentity } from './tls-identity.ts'

export interface TlsListenerOptions {
  readonly identity: TlsIdentity
  readonly handshakeMs: number
  readonly admission: Admission
  readonly accept: (socket: TLSSocket, point: BoundPoint) => void
  /** A handshake that came to nothing. */
  readonly failed: (error: Error) => void
}

/** Accepts TLS connections on one point. */
export class TlsListener implements Listener {
  readonly bound: BoundPoint
  readonly #server: Server

  private constructor(bound: BoundPoint, server: Server) {
    this.bound = bound
    this.#server = server
  }

  /** @throws StartupError when the port cannot be had. */
  static async open(point: ListenPoint, options: TlsListenerOptions): Promise<TlsListener> {
    const server = createServer({ ...serverContext(options.identity), handshakeTimeout: options.handshakeMs })
    const bound = await bindServer(server, point)
    server.on('connection', (socket: Socket) => options.admission.admit(socket))
    server.on('secureConnection', (socket) => options.accept(socket, bound))
    server.on('tlsClientError', (error, socket) => {
      // Node leaves a peer that took too long connected.
      socket.destroy()
      options.failed(error)
    })
    return new TlsListener(bound, server)
  }

  useIdentity(identity: TlsIdentity): void {
    this.#server.setSecureContext(serverContext(identity))
  }

  close(): Promise<void> {
    return closeServer(this.#server)
  }
}

/** A peer that shows no certificate is taken: most phones have none. What it proves is in the flow's `peerNames`. */
export function serverContext(identity: TlsIdentity): TlsOptions {
  const ca = trustedCertificates(identity)
  const trust = ca ? { ca, requestCert: true, rejectUnauthorized: false } : {}
  return { key: identity.key, cert: identity.cert, minVersion: 'TLSv1.2', ...trust }
}
