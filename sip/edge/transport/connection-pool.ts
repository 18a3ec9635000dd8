import { isIP } from 'node:net'
import type { Connection } from './connection.ts'
import { endpointKey, type Target } from './flow.ts'

/** How many aliases one peer may give its connection. */
const mostAliases = 4

/** The open connections: found by their peer's address, or by the address a peer gave as its alias (RFC 5923). */
export class ConnectionPool {
  readonly #all = new Set<Connection>()
  readonly #byPeer = new Map<string, Connection>()
  readonly #aliases = new Map<Connection, Set<string>>()

  get size(): number {
    return this.#all.size
  }

  add(connection: Connection): void {
    this.#all.add(connection)
    this.#byPeer.set(peerKey(connection), connection)
  }

  remove(connection: Connection): void {
    if (!this.#all.delete(connection)) return
    const keys = [peerKey(connection), ...(this.#aliases.get(connection) ?? [])]
    for (const key of keys) if (this.#byPeer.get(key) === connection) this.#byPeer.delete(key)
    this.#aliases.delete(connection)
  }

  /** The open connection to that peer, if there is one. Where a TLS name is asked for, it has been proven. */
  find(target: Target): Connection | undefined {
    const found = this.#byPeer.get(endpointKey(target.protocol, target.address, target.port))
    if (!found?.isOpen) return undefined
    const name = target.protocol === 'tls' ? target.serverName?.toLowerCase() : undefined
    const isProven = name === undefined || isIP(name) !== 0 || found.peerNames.includes(name)
    return isProven ? found : undefined
  }

  /** The peer asked that requests to this port of its own address use its connection. */
  addAlias(connection: Connection, port: number): void {
    const key = endpointKey(connection.protocol, connection.remoteAddress, port)
    if (this.#byPeer.get(key)?.isOpen) return
    const known = this.#aliases.get(connection) ?? new Set()
    if (known.size >= mostAliases) return
    known.add(key)
    this.#aliases.set(connection, known)
    this.#byPeer.set(key, connection)
  }

  check(nowMs: number): void {
    for (const connection of this.#all) connection.check(nowMs)
  }

  all(): readonly Connection[] {
    return [...this.#all]
  }
}

function peerKey({ protocol, remoteAddress, remotePort }: Connection): string {
  return endpointKey(protocol, remoteAddress, remotePort)
}
