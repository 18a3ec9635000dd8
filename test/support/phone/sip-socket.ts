import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, isIP, type Socket as TcpSocket } from 'node:net'
import { TypedEmitter } from '../../../core/typed-emitter.ts'
import { parseMessage, type AnySipMessage } from '../../../sip/edge/message/parse-message.ts'
import { StreamFramer } from '../../../sip/edge/message/stream-framer.ts'
import { summarise, type LadderLine } from './ladder.ts'

export interface Peer {
  readonly host: string
  readonly port: number
}

export interface SipSocketOptions {
  readonly transport: 'udp' | 'tcp'
  readonly server: Peer
  /** The own address. Default 127.0.0.1. */
  readonly localAddress?: string
}

export interface TracedMessage extends LadderLine {
  readonly isSent: boolean
  readonly message: AnySipMessage
}

export type SipSocketEvents = {
  message: [AnySipMessage, from: Peer]
  /** The connection ended; never for UDP. */
  closed: []
}

/** How one phone reaches its server: a UDP socket, or one TCP connection. Keeps every message it has seen. */
export class SipSocket {
  readonly transport: 'udp' | 'tcp'
  readonly events = new TypedEmitter<SipSocketEvents>()
  readonly trace: TracedMessage[] = []
  /** Messages for which this holds are lost on the way, in either direction. */
  loses: (message: AnySipMessage, isSent: boolean) => boolean = () => false
  readonly #server: Peer
  readonly #socket: UdpSocket | TcpSocket
  readonly #local: Peer

  private constructor(options: SipSocketOptions, socket: UdpSocket | TcpSocket, local: Peer) {
    this.transport = options.transport
    this.#server = options.server
    this.#socket = socket
    this.#local = local
    if ('bind' in socket) this.#listenUdp(socket)
    else this.#listenTcp(socket)
    socket.on('error', () => undefined)
  }

  static async open(options: SipSocketOptions): Promise<SipSocket> {
    const address = options.localAddress ?? '127.0.0.1'
    if (options.transport === 'udp') {
      const udp = createSocket(address.includes(':') ? 'udp6' : 'udp4')
      udp.bind(0, address)
      await once(udp, 'listening')
      return new SipSocket(options, udp, { host: address, port: udp.address().port })
    }
    const tcp = connect({ ...options.server, localAddress: address })
    tcp.setNoDelay(true)
    await once(tcp, 'connect')
    return new SipSocket(options, tcp, { host: address, port: tcp.localPort ?? 0 })
  }

  get host(): string {
    return this.#local.host
  }

  get port(): number {
    return this.#local.port
  }

  /** @param to  the peer; default the server. Over TCP everything takes the one connection. */
  send(message: AnySipMessage, to: Peer = this.#server): void {
    const bytes = message.toBuffer()
    this.#note(message, to, true)
    if (this.loses(message, true)) return
    if ('bind' in this.#socket) this.#socket.send(bytes, to.port, isIP(to.host) ? to.host : this.#server.host)
    else this.#socket.write(bytes)
  }

  close(): void {
    try {
      if ('bind' in this.#socket) this.#socket.close()
      else this.#socket.destroy()
    } catch {
      // Already closed.
    }
  }

  #listenUdp(socket: UdpSocket): void {
    socket.on('message', (bytes, from) => {
      const outcome = parseMessage(bytes)
      if (outcome.ok) this.#receive(outcome.message, { host: from.address, port: from.port })
    })
  }

  #listenTcp(socket: TcpSocket): void {
    const framer = new StreamFramer()
    socket.on('data', (chunk) => {
      for (const message of framer.push(chunk)) this.#receive(message, this.#server)
    })
    socket.on('close', () => this.events.emit('closed'))
  }

  #receive(message: AnySipMessage, from: Peer): void {
    this.#note(message, from, false)
    if (!this.loses(message, false)) this.events.emit('message', message, from)
  }

  #note(message: AnySipMessage, peer: Peer, isSent: boolean): void {
    const own = `${this.host}:${this.port}`
    const other = `${peer.host}:${peer.port}`
    const [startLine = ''] = message.toString().split('\r\n', 1)
    const [from, to] = isSent ? [own, other] : [other, own]
    this.trace.push({ atMs: Date.now(), from, to, summary: summarise(startLine), isSent, message })
  }
}
