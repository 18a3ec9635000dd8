import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket as TcpSocket } from 'node:net'
import type { Peer } from '../support/phone/sip-socket.ts'
import { within } from '../support/phone/within.ts'

/** Sends any bytes to a SIP server, and gives the answers as text. */
export class RawUdp {
  readonly #socket: UdpSocket
  readonly #server: Peer
  readonly answers: string[] = []
  #woken: (() => void)[] = []

  private constructor(socket: UdpSocket, server: Peer) {
    this.#socket = socket
    this.#server = server
    socket.on('message', (bytes) => {
      this.answers.push(bytes.toString())
      for (const wake of this.#woken.splice(0)) wake()
    })
  }

  /** @param from  the own address */
  static async open(server: Peer, from = '127.0.0.1'): Promise<RawUdp> {
    const socket = createSocket({ type: 'udp4', sendBufferSize: 1 << 20 })
    socket.bind(0, from)
    await once(socket, 'listening')
    return new RawUdp(socket, server)
  }

  get port(): number {
    return this.#socket.address().port
  }

  /** Resolves when the system has taken the datagram. */
  send(bytes: Buffer | string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(bytes, this.#server.port, this.#server.host, (error) => (error ? reject(error) : resolve()))
    })
  }

  /** The first answer that matches, also when it has come already. */
  async answer(pattern: RegExp, ms = 5_000): Promise<string> {
    const wanted = async (): Promise<string> => {
      for (;;) {
        const found = this.answers.find((each) => pattern.test(each))
        if (found !== undefined) return found
        await new Promise<void>((resolve) => this.#woken.push(resolve))
      }
    }
    return within(ms, () => `an answer like ${String(pattern)}; came: ${this.answers.join('\n')}`, wanted())
  }

  close(): void {
    this.#socket.close()
  }
}

/** A TCP connection to a SIP server. */
export async function rawTcp(server: Peer, from = '127.0.0.1'): Promise<TcpSocket> {
  const socket = connect({ host: server.host, port: server.port, localAddress: from })
  socket.setNoDelay(true)
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** A request as text, with every header that RFC 3261 demands; `change` replaces headers, undefined takes one away. */
export function requestText(
  method: string,
  uri: string,
  change: Readonly<Record<string, string | undefined>> = {},
  { body = '', transport = 'UDP' } = {},
): string {
  const id = randomUUID()
  const headers: Record<string, string | undefined> = {
    Via: `SIP/2.0/${transport} 127.0.0.1:5060;branch=z9hG4bK${id};rport`,
    'Max-Forwards': '70',
    From: `<sip:stranger@office.test>;tag=${id.slice(0, 8)}`,
    To: `<${uri}>`,
    'Call-ID': id,
    CSeq: `1 ${method}`,
    Contact: '<sip:stranger@127.0.0.1:5060>',
    'Content-Length': String(Buffer.byteLength(body)),
    ...change,
  }
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]))
  return [`${method} ${uri} SIP/2.0`, ...lines, '', body].join('\r\n')
}
