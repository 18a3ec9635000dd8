import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'

export interface SocketListener {
  rtp(packet: Buffer, from: PacketSource): void
  rtcp(packet: Buffer, from: PacketSource): void
}

export type PacketSource = Pick<RemoteInfo, 'address' | 'port'>

/** How a line's packets travel. */
export interface LineTransport {
  sendRtp(packet: Buffer, from: number, to: number, port: number, address: string): void
  sendRtcp(packet: Buffer, port: number, address: string): void
  close(): Promise<void>
}

type LookupDone = (error: NodeJS.ErrnoException | null, address: string, family: number) => void

/** Only addresses come here, never names: answering at once saves a turn of the event loop for each packet sent. */
const lookupNothing = (family: 4 | 6) => (host: string, _: unknown, done: LookupDone) => done(null, host, family)

/** The two sockets of a line: RTP on an even port, RTCP on the next (RFC 3550 11). */
export class LineSockets implements LineTransport {
  readonly #rtp: Socket
  readonly #rtcp: Socket
  #isClosed = false

  private constructor(rtp: Socket, rtcp: Socket, listener: SocketListener) {
    this.#rtp = rtp
    this.#rtcp = rtcp
    rtp.on('message', (packet, from) => listener.rtp(packet, from))
    rtcp.on('message', (packet, from) => listener.rtcp(packet, from))
  }

  /** @throws the system error of `bind` (`EADDRINUSE` when another program has one of the ports) */
  static async open(address: string, port: number, listener: SocketListener): Promise<LineSockets> {
    const rtp = await bind(address, port)
    try {
      return new LineSockets(rtp, await bind(address, port + 1), listener)
    } catch (error) {
      rtp.close()
      throw error
    }
  }

  sendRtp(packet: Buffer, from: number, to: number, port: number, address: string): void {
    if (!this.#isClosed) this.#rtp.send(packet, from, to - from, port, address)
  }

  sendRtcp(packet: Buffer, port: number, address: string): void {
    if (!this.#isClosed) this.#rtcp.send(packet, 0, packet.length, port, address)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await Promise.all([closeSocket(this.#rtp), closeSocket(this.#rtcp)])
  }
}

function bind(address: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const family = isIPv6(address) ? 6 : 4
    const socket = createSocket({ type: `udp${family}`, lookup: lookupNothing(family) })
    socket.once('error', (error) => {
      socket.close()
      reject(error)
    })
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners('error')
      // An unreachable peer is what the media timeout is for.
      socket.on('error', () => undefined)
      resolve(socket)
    })
  })
}

function closeSocket(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(resolve))
}
