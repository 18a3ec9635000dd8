import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket as TcpSocket } from 'node:net'
import type { Test } from 'tap'
import { parseLoosely, type AnySipMessage } from '../../../../sip/edge/message/parse-message.ts'
import { StreamFramer } from '../../../../sip/edge/message/stream-framer.ts'
import type { SipRequest } from '../../../../sip/edge/message/sip-request.ts'
import { SipResponse } from '../../../../sip/edge/message/sip-response.ts'
import type { EdgeUnderTest } from './edge-under-test.ts'
import { Mailbox } from './mailbox.ts'

/** A SIP message with where it came from. */
export interface Received<Message> {
  readonly message: Message
  readonly host: string
  readonly port: number
}

interface PhoneOptions {
  readonly transport?: 'udp' | 'tcp'
}

/** A SIP endpoint without any behaviour of its own: what it sends and answers stands in the test. */
export class Phone {
  readonly edge: EdgeUnderTest
  readonly transport: 'udp' | 'tcp'
  readonly port: number
  readonly host = '127.0.0.1'
  readonly requests = new Mailbox<SipRequest>()
  readonly responses = new Mailbox<SipResponse>()
  /** Everything that came, in order. */
  readonly seen: AnySipMessage[] = []
  readonly #send: (bytes: Buffer, port?: number) => void
  readonly #close: () => void

  private constructor(
    edge: EdgeUnderTest,
    transport: 'udp' | 'tcp',
    port: number,
    send: (bytes: Buffer, port?: number) => void,
    close: () => void,
  ) {
    this.edge = edge
    this.transport = transport
    this.port = port
    this.#send = send
    this.#close = close
  }

  static async open(t: Test, edge: EdgeUnderTest, { transport = 'udp' }: PhoneOptions = {}): Promise<Phone> {
    const phone = transport === 'udp' ? await Phone.#overUdp(edge) : await Phone.#overTcp(edge)
    t.teardown(() => phone.close())
    return phone
  }

  /** The SIP URI at which it is reached. */
  get uri(): string {
    return `sip:phone@${this.host}:${this.port}${this.transport === 'tcp' ? ';transport=tcp' : ''}`
  }

  /** The address of the server for this phone's transport. */
  get server(): string {
    return `${this.edge.host}:${this.transport === 'tcp' ? this.edge.tcpPort : this.edge.udpPort}`
  }

  send(message: AnySipMessage | string): void {
    this.#send(typeof message === 'string' ? Buffer.from(message) : message.toBuffer())
  }

  /** A request that comes from the server. */
  request(method: string, ms?: number): Promise<SipRequest> {
    return this.requests.take(`${method} at the phone`, (request) => request.method === method, ms)
  }

  /** A response that comes from the server; status 0 takes any but 100. */
  response(status: number, method?: string, ms?: number): Promise<SipResponse> {
    const fits = (response: SipResponse) =>
      (status === 0 ? response.status > 100 : response.status === status) &&
      (method === undefined || response.cseq.method === method)
    return this.responses.take(`${status} ${method ?? ''} at the phone`, fits, ms)
  }

  /** Answers a request: Via, From, To (with `tag`), Call-ID and CSeq as RFC 3261 8.2.6.2 says. */
  answer(request: SipRequest, status: number, options: AnswerOptions = {}): SipResponse {
    const response = SipResponse.to(request, status, options.reason)
    const { to } = request
    if (status > 100 && to.tag === undefined) response.set('To', to.withTag(options.tag ?? 'phone-tag').toString())
    for (const [name, value] of Object.entries(options.headers ?? {})) response.set(name, value)
    if (status > 100 && status < 300 && !response.has('Contact')) response.set('Contact', `<${this.uri}>`)
    if (options.body !== undefined) response.set('Content-Type', 'application/sdp').body = options.body
    this.send(response)
    return response
  }

  close(): void {
    this.#close()
  }

  #take(message: AnySipMessage): void {
    this.seen.push(message)
    if (message.kind === 'request') this.requests.put(message)
    else this.responses.put(message)
  }

  static async #overUdp(edge: EdgeUnderTest): Promise<Phone> {
    const socket: UdpSocket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    let isOpen = true
    const send = (bytes: Buffer) => isOpen && socket.send(bytes, edge.udpPort, edge.host)
    const close = () => {
      if (isOpen) socket.close()
      isOpen = false
    }
    const phone = new Phone(edge, 'udp', socket.address().port, send, close)
    socket.on('message', (bytes) => {
      const message = parseLoosely(bytes)
      if (message) phone.#take(message)
    })
    return phone
  }

  /** One connection to the server; what it opens to us is heard too. */
  static async #overTcp(edge: EdgeUnderTest): Promise<Phone> {
    const listener: Server = createServer()
    listener.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const socket: TcpSocket = connect({ host: edge.host, port: edge.tcpPort, noDelay: true })
    await once(socket, 'connect')
    const accepted: TcpSocket[] = []
    const address = listener.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const close = () => {
      for (const each of [socket, ...accepted]) each.destroy()
      listener.close()
    }
    const phone = new Phone(edge, 'tcp', port, (bytes) => void socket.write(bytes), close)
    const listen = (each: TcpSocket) => {
      const framer = new StreamFramer()
      each.on('data', (chunk: Buffer) => framer.push(chunk).forEach((message) => phone.#take(message)))
      each.on('error', () => undefined)
    }
    listen(socket)
    listener.on('connection', (each) => {
      accepted.push(each)
      listen(each)
    })
    phone.connectionPort = socket.localPort ?? 0
    return phone
  }

  /** The port from which its connection comes; over UDP the one it listens on. */
  connectionPort = 0
}

export interface AnswerOptions {
  readonly tag?: string
  readonly reason?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}
