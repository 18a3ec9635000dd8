import type { Socket } from 'node:net'
import { StartupError } from '../../../core/errors.ts'
import type { Admission } from './admission.ts'
import type { Connection, ConnectionDeps } from './connection.ts'
import type { BoundPoint, ListenPoint } from './listen-point.ts'
import type { Listener } from './listener.ts'
import { StreamConnection } from './stream-connection.ts'
import { TcpListener } from './tcp-listener.ts'
import { provenNames, type TlsIdentity } from './tls-identity.ts'
import { TlsListener } from './tls-listener.ts'
import { WebSocketConnection } from './web-socket-connection.ts'
import { WebSocketListener, type SipUpgrader } from './web-socket-listener.ts'

export interface ListenerDeps extends ConnectionDeps {
  readonly admission: Admission
  readonly upgrader: SipUpgrader
  readonly identity: TlsIdentity | undefined
  readonly accept: (connection: Connection) => void
}

/** Opens a point of a connection-oriented protocol. @throws StartupError when it cannot be had */
export function openListener(point: ListenPoint, deps: ListenerDeps): Promise<Listener> {
  const { admission, upgrader, limits } = deps
  const handshakeMs = limits.connectMs
  switch (point.protocol) {
    case 'tcp':
      return TcpListener.open(point, admission, (socket, bound) => acceptStream(socket, bound, [], deps))
    case 'tls':
      return TlsListener.open(point, {
        identity: needIdentity(point, deps),
        handshakeMs,
        admission,
        accept: (socket, bound) => acceptStream(socket, bound, provenNames(socket), deps),
        failed: () => deps.counters.failed++,
      })
    case 'ws':
    case 'wss':
      return WebSocketListener.open(point, {
        identity: point.protocol === 'wss' ? needIdentity(point, deps) : undefined,
        handshakeMs,
        admission,
        upgrader,
        accept: (webSocket, socket, bound) => {
          const options = { protocol: bound.protocol, point: bound, isAccepted: true }
          deps.accept(new WebSocketConnection(webSocket, socket, options, deps))
        },
      })
    case 'udp':
      throw new Error('UDP has no connections')
  }
}

function acceptStream(socket: Socket, point: BoundPoint, peerNames: readonly string[], deps: ListenerDeps): void {
  const options = { protocol: point.protocol, point, isAccepted: true, peerNames }
  deps.accept(new StreamConnection(socket, options, deps))
}

function needIdentity(point: ListenPoint, { identity }: ListenerDeps): TlsIdentity {
  if (identity) return identity
  throw new StartupError(`cannot listen on ${point.protocol}:${point.host}:${point.port}: no certificate is configured`)
}
