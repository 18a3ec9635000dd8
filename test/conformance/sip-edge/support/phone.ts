import { randomUUID } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Test } from 'tap'
import { WebSocket } from 'ws'
import { parseLoosely, type AnySipMessage } from '../../../../sip/edge/message/parse-message.ts'
import { StreamFramer } from '../../../../sip/edge/message/stream-framer.ts'
import type { SipRequest } from '../../../../sip/edge/message/sip-request.ts'
import { SipResponse } from '../../../../sip/edge/message/sip-response.ts'
import { testAuthority } from '../../../../sip/edge/transport/testing/test-identity.ts'
import type { EdgeUnderTest } from './edge-under-test.ts'
import { Mailbox } from './mailbox.ts'

export type PhoneTransport = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss'

interface PhoneOptions {
  readonly transport?: PhoneTransport
}

/** How a phone is attached: what it says about itself, and how its bytes leave. */
interface Attachment {
  readonly transport: PhoneTransport
  /** `host:port` for Via; a browser has none and makes one up (RFC 7118 5). */
  readonly sentBy: string
  /** The port on which it listens; that of its connection for a browser. */
  readonly port: number
  /** The port from which it speaks. */
  readonly connectionPort: number
  readonly send: (bytes: Buffer) => void
  readonly close: () => void
}

/** A SIP endpoint without any behaviour of its own: what it sends and answers stands in the test. */
export class Phone {
  readonly edge: EdgeUnderTest
  readonly transport: PhoneTransport
  readonly host = '127.0.0.1'
  readonly requests = new Mailbox<SipRequest>()
  readonly responses = new Mailbox<SipResponse>()
  /** Everything that came, in order. */
  readonly seen: AnySipMessage[] = []
  #attachment: Attachment | undefined

  private constructor(edge: EdgeUnderTest, transport: PhoneTransport) {
    this.edge = edge
    this.transport = transport
  }

  static async open(t: Test, edge: EdgeUnderTest, { transport = 'udp' }: PhoneOptions = {}): Promise<Phone> {
    const phone = new Phone(edge, transport)
    const take = (message: AnySipMessage) => phone.#take(message)
    if (transport === 'udp') phone.#attachment = await attachUdp(edge, take)
    else if (transport === 'ws' || transport === 'wss') phone.#attachment = await attachWebSocket(edge, transport, take)
    else phone.#attachment = await attachStream(edge, transport, take)
    t.teardown(() => phone.close())
    return phone
  }

  get port(): number {
    return this.#attached.port
  }

  /** The port from which it speaks. */
  get connectionPort(): number {
    return this.#attached.connectionPort
  }

  get sentBy(): string {
    return this.#attached.sentBy
  }

  /** The SIP URI that stands in its Contact. */
  get uri(): string {
    const name = this.transport === 'wss' ? 'ws' : this.transport
    return `sip:phone@${this.sentBy}${name === 'udp' ? '' : `;transport=${name}`}`
  }

  /** The address of the server for this phone's transport. */
  get server(): string {
    return `${this.edge.host}:${this.edge.portOf(this.transport)}`
  }

  send(message: AnySipMessage | string): void {
    this.#attached.send(typeof message === 'string' ? Buffer.from(message) : message.toBuffer())
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
    this.#attached.close()
  }

  get #attached(): Attachment {
    if (!this.#attachment) throw new Error('the phone is not attached')
    return this.#attachment
  }

  #take(message: AnySipMessage): void {
    this.seen.push(message)
    if (message.kind === 'request') this.requests.put(message)
    else this.responses.put(message)
  }
}

type Take = (message: AnySipMessage) => void

async function attachUdp(edge: EdgeUnderTest, take: Take): Promise<Attachment> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  let isOpen = true
  socket.on('message', (bytes) => {
    const message = parseLoosely(bytes)
    if (message) take(message)
  })
  return {
    transport: 'udp',
    sentBy: `127.0.0.1:${port}`,
    port,
    connectionPort: port,
    send: (bytes) => isOpen && socket.send(bytes, edge.udpPort, edge.host),
    close: () => {
      if (isOpen) socket.close()
      isOpen = false
    },
  }
}

/** One connection to the server; what it opens to us is heard too (TCP only). */
async function attachStream(edge: EdgeUnderTest, transport: 'tcp' | 'tls', take: Take): Promise<Attachment> {
  const listen = (socket: Socket) => {
    const framer = new StreamFramer()
    socket.on('data', (chunk: Buffer) => framer.push(chunk).forEach(take))
    socket.on('error', () => undefined)
  }
  const accepted: Socket[] = []
  const listener = createServer((socket) => {
    accepted.push(socket)
    listen(socket)
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const at = { host: edge.host, port: edge.portOf(transport) }
  const socket = transport === 'tcp' ? connect({ ...at, noDelay: true }) : connectTls({ ...at, ca: testAuthority })
  await once(socket, transport === 'tcp' ? 'connect' : 'secureConnect')
  listen(socket)
  const address = listener.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    transport,
    sentBy: `127.0.0.1:${port}`,
    port,
    connectionPort: socket.localPort ?? 0,
    send: (bytes) => void socket.write(bytes),
    close: () => {
      for (const each of [socket, ...accepted]) each.destroy()
      listener.close()
    },
  }
}

async function attachWebSocket(edge: EdgeUnderTest, transport: 'ws' | 'wss', take: Take): Promise<Attachment> {
  const socket = new WebSocket(`${transport}://${edge.host}:${edge.portOf(transport)}`, 'sip', { ca: testAuthority })
  await once(socket, 'open')
  socket.on('message', (bytes: Buffer) => {
    const message = parseLoosely(bytes)
    if (message) take(message)
  })
  return {
    transport,
    sentBy: `${randomUUID()}.invalid`,
    port: 0,
    connectionPort: (socket as unknown as { readonly _socket: Socket })._socket.localPort ?? 0,
    send: (bytes) => socket.send(bytes.toString()),
    close: () => socket.terminate(),
  }
}

export interface AnswerOptions {
  readonly tag?: string
  readonly reason?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}
