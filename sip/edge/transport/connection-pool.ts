import type { Flow } from './flow.ts'
import { endpointKey, type Protocol, type Target } from './flow.ts'

/** What the pool needs of a connection. */
export interface PooledConnection extends Flow {
  readonly isAccepted: boolean
  check(nowMs: number): void
  close(): void
}

/** The open connections: found by their peer's address, or by the address a peer gave as its alias (RFC 5923). */
export class ConnectionPool {
  readonly #all = new Set<PooledConnection>()
  readonly #byPeer = new Map<string, PooledConnection>()
  readonly #aliases = new Map<PooledConnection, Set<string>>()
  readonly #perAddress = new Map<string, number>()

  get size(): number {
    return this.#all.size
  }

  countFrom(address: string): number {
    return this.#perAddress.get(address) ?? 0
  }

  add(connection: PooledConnection): void {
    const { protocol, remoteAddress, remotePort } = connection
    this.#all.add(connection)
    this.#byPeer.set(endpointKey(protocol, remoteAddress, remotePort), connection)
    this.#perAddress.set(remoteAddress, this.countFrom(remoteAddress) + 1)
  }

  remove(connection: PooledConnection): void {
    if (!this.#all.delete(connection)) return
    const { protocol, remoteAddress, remotePort } = connection
    const keys = [endpointKey(protocol, remoteAddress, remotePort), ...(this.#aliases.get(connection) ?? [])]
    for (const key of keys) if (this.#byPeer.get(key) === connection) this.#byPeer.delete(key)
    this.#aliases.delete(connection)
    const left = this.countFrom(remoteAddress) - 1
    if (left > 0) this.#perAddress.set(remoteAddress, left)
    else this.#perAddress.delete(remoteAddress)
  }

  /** The open connection to that peer, if there is one. */
  find(target: Pick<Target, 'protocol' | 'address' | 'port'>): PooledConnection | undefined {
    const found = this.#byPeer.get(endpointKey(target.protocol, target.address, target.port))
    return found?.isOpen ? found : undefined
  }

  /** The peer asked that requests to this port of its own address use its connection. */
  addAlias(connection: PooledConnection, protocol: Protocol, port: number): void {
    const key = endpointKey(protocol, connection.remoteAddress, port)
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

  all(): readonly PooledConnection[] {
    return [...this.#all]
  }
}

const mostAliases = 4
