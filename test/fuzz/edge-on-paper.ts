import type { Logger } from '../../core/logger.ts'
import { AppConnection, type ControlSocket } from '../../sip/edge/control/app-connection.ts'
import { parseCommand } from '../../sip/edge/control/command.ts'
import { FrameReader } from '../../sip/edge/control/frame-reader.ts'
import { buildContext } from '../../sip/edge/core/build-context.ts'
import type { EdgeContext } from '../../sip/edge/core/edge-context.ts'
import { MessageDispatch } from '../../sip/edge/core/message-dispatch.ts'
import { SipTrace } from '../../sip/edge/core/sip-trace.ts'
import { parseMessage, type AnySipMessage } from '../../sip/edge/message/parse-message.ts'
import { endpointKey, type Flow, type Protocol, type Target } from '../../sip/edge/transport/flow.ts'
import { Unreachable } from '../../sip/edge/transport/transport-error.ts'
import { FuzzClock } from './fuzz-clock.ts'
import type { Random } from './random.ts'

const point = { protocol: 'udp', host: '192.0.2.9', port: 5060 } as const

/** A frame that the edge sent to an application. */
export interface Told {
  readonly tokens: readonly string[]
}

/** The whole edge over a network and an application that exist on paper only. */
export class EdgeOnPaper {
  readonly clock = new FuzzClock()
  readonly context: EdgeContext
  readonly dispatch: MessageDispatch
  /** What the edge sent into the network, newest last. */
  readonly sent: AnySipMessage[] = []
  readonly told: Told[] = []
  readonly failures: Error[] = []
  app: AppConnection
  #commands = 0

  constructor(random: Random) {
    const failures = this.failures
    const note = (fields: object) => {
      if ('err' in fields && fields.err instanceof Error) failures.push(fields.err)
    }
    const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: note, child: () => logger }
    const dns = {
      naptr: async () => [],
      srv: async () => [],
      addresses: async (name: string) => (name.includes('nowhere') ? [] : [{ address: '192.0.2.7', family: 4 }]),
    }
    const transport = {
      points: [point, { ...point, protocol: 'tcp' as const }],
      flowTo: async (target: Target): Promise<Flow> => {
        if (random.oneIn(10)) throw new Unreachable(target, 'bad luck')
        return this.flow(target.protocol, target.address, target.port)
      },
    }
    this.context = buildContext({ clock: this.clock, logger, transport, trace: new SipTrace(), dns })
    this.dispatch = new MessageDispatch(this.context, { secret: 'secret' })
    this.app = this.connect()
  }

  /** A way to a peer: what is sent there is kept. */
  flow(protocol: Protocol, remoteAddress: string, remotePort: number): Flow {
    return {
      protocol,
      localAddress: point.host,
      localPort: point.port,
      remoteAddress,
      remotePort,
      id: endpointKey(protocol, remoteAddress, remotePort),
      isReliable: protocol !== 'udp',
      isOpen: true,
      point: { ...point, protocol },
      send: (bytes) => this.#keep(bytes),
    }
  }

  /** Bytes from the network. */
  receive(bytes: Buffer, flow: Flow): void {
    const outcome = parseMessage(bytes)
    if (outcome.ok) this.dispatch.receive(outcome.message, flow)
  }

  /** A command of the application. */
  command(text: string): void {
    const parsed = parseCommand(Buffer.from(`${this.#commands++}|${text}`))
    switch (parsed.kind) {
      case 'respond':
      case 'request':
      case 'cancel':
      case 'proxy':
        return this.dispatch.obey(this.app, parsed)
      default:
        return
    }
  }

  /** The application is gone and another one comes. */
  reconnect(): void {
    this.lose()
    this.app = this.connect()
  }

  lose(): void {
    this.app.lost()
    this.context.apps.remove(this.app)
    this.dispatch.appLost(this.app)
  }

  connect(): AppConnection {
    const reader = new FrameReader()
    const write = (bytes: Buffer) => {
      for (const frame of reader.push(bytes)) {
        this.told.push({ tokens: frame.toString().split('\r\n', 1)[0]?.split('|') ?? [] })
        if (this.told.length > 200) this.told.shift()
      }
      return true
    }
    const socket = { write, writableLength: 0, end: ignore, destroy: ignore, destroySoon: ignore, remotePort: 1 }
    const app = new AppConnection(socket as unknown as ControlSocket, this.clock)
    this.context.apps.add(app)
    for (const verb of ['invite', 'register', 'options', 'subscribe', 'message']) this.context.apps.addRoute(app, verb)
    return app
  }

  /** What is still open; all of it is zero when everything has come to its end. */
  leftovers(): Readonly<Record<string, number>> {
    const { transactions, dialogs, timers } = this.context
    const { retransmissions: _count, ...open } = transactions.counts()
    return { ...open, dialogs: dialogs.size, waiting: this.dispatch.waiting, timers: timers.size }
  }

  #keep(bytes: Buffer): void {
    const outcome = parseMessage(bytes)
    if (!outcome.ok) {
      this.failures.push(
        new Error(`the edge sent what it would not take: ${JSON.stringify(outcome.fault)} ${bytes.toString()}`),
      )
      return
    }
    this.sent.push(outcome.message)
    if (this.sent.length > 200) this.sent.shift()
  }
}

function ignore(): void {
  // Nobody listens.
}
