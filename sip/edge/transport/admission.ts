import type { Socket } from 'node:net'
import type { AddressGate } from './address-gate.ts'
import { plainAddress } from './plain-address.ts'
import type { TransportLimits } from './transport-limits.ts'
import type { TransportCounters } from './transport-stats.ts'

/** Decides whether one more connection may come in, counting those that are still shaking hands. */
export class Admission {
  readonly #limits: TransportLimits
  readonly #counters: TransportCounters
  readonly #gate: AddressGate | undefined
  readonly #perAddress = new Map<string, number>()
  readonly #sockets = new Set<Socket>()

  constructor(limits: TransportLimits, counters: TransportCounters, gate?: AddressGate) {
    this.#limits = limits
    this.#gate = gate
    this.#counters = counters
  }

  /** False: the socket was over a limit or not let in, and is destroyed. A place is given back when the socket closes. */
  admit(socket: Socket): boolean {
    const address = plainAddress(socket.remoteAddress ?? '')
    const held = this.#perAddress.get(address) ?? 0
    const { connections, connectionsPerAddress } = this.#limits
    const isOver = this.#sockets.size >= connections || held >= connectionsPerAddress
    if (isOver || this.#gate?.admits(address) === false) {
      this.#counters.refused++
      socket.destroy()
      return false
    }
    this.#sockets.add(socket)
    this.#perAddress.set(address, held + 1)
    socket.once('close', () => this.#release(socket, address))
    return true
  }

  /** Ends every connection that came in, also those that never finished shaking hands. */
  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #release(socket: Socket, address: string): void {
    this.#sockets.delete(socket)
    const left = (this.#perAddress.get(address) ?? 1) - 1
    if (left > 0) this.#perAddress.set(address, left)
    else this.#perAddress.delete(address)
  }
}
