import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer, type Server as SecureServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Admission } from './admission.ts'
import { bindServer, closeServer } from './bind-server.ts'
import type { BoundPoint, ListenPoint } from './listen-point.ts'
import type { Listener } from './listener.ts'
import { serverContext } from './tls-listener.ts'
import type { TlsIdentity } from './tls-identity.ts'

/** An HTTP request that asks for a WebSocket, as Node's `upgrade` event gives it. */
export interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

/** Turns HTTP upgrades into WebSockets that speak SIP (RFC 7118 4). */
export class SipUpgrader {
  readonly #server: WebSocketServer

  constructor(maxMessageBytes: number) {
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
      handleProtocols: () => 'sip',
    })
  }

  /** Refuses with 400 a client that does not offer the sub-protocol `sip`. */
  upgrade({ request, socket, head }: Upgrade, accept: (webSocket: WebSocket, socket: Socket) => void): void {
    const offered = (request.headers['sec-websocket-protocol'] ?? '')
      .split(',')
      .map((each) => each.trim().toLowerCase())
    if (!offered.includes('sip')) {
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => accept(webSocket, request.socket))
  }
}

export interface WebSocketListenerOptions {
  /** Undefined for `ws`. */
  readonly identity: TlsIdentity | undefined
  readonly handshakeMs: number
  readonly admission: Admission
  readonly upgrader: SipUpgrader
  readonly accept: (webSocket: WebSocket, socket: Socket, point: BoundPoint) => void
}

/** Accepts WebSockets at any path of a port of its own. */
export class WebSocketListener implements Listener {
  readonly bound: BoundPoint
  readonly #server: Server | SecureServer

  private constructor(bound: BoundPoint, server: Server | SecureServer) {
    this.bound = bound
    this.#server = server
  }

  /** @throws StartupError when the port cannot be had. */
  static async open(point: ListenPoint, options: WebSocketListenerOptions): Promise<WebSocketListener> {
    const { identity, handshakeMs } = options
    const server = identity
      ? createHttpsServer({ ...serverContext(identity), handshakeTimeout: handshakeMs }, upgradeRequired)
      : createHttpServer(upgradeRequired)
    server.headersTimeout = handshakeMs
    const bound = await bindServer(server, point)
    server.on('connection', (socket: Socket) => options.admission.admit(socket))
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      options.upgrader.upgrade({ request, socket, head }, (webSocket, raw) => options.accept(webSocket, raw, bound))
    })
    return new WebSocketListener(bound, server)
  }

  useIdentity(identity: TlsIdentity): void {
    if ('setSecureContext' in this.#server) this.#server.setSecureContext(serverContext(identity))
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return closeServer(this.#server)
  }
}

function upgradeRequired(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { Connection: 'close', Upgrade: 'websocket', 'Content-Length': 0 }).end()
}
