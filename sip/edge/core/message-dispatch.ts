import type { AppConnection } from '../control/app-connection.ts'
import type { SipCommand } from '../control/control-server.ts'
import { answerFault } from '../message/answer-fault.ts'
import type { AnySipMessage } from '../message/parse-message.ts'
import type { ParseFault } from '../message/parse-fault.ts'
import type { SipRequest } from '../message/sip-request.ts'
import type { SipResponse } from '../message/sip-response.ts'
import type { Flow } from '../transport/flow.ts'
import type { TransportLayer } from '../transport/transport-layer.ts'
import { AppProxy } from '../proxy/app-proxy.ts'
import { RecordRoutes } from '../proxy/record-route.ts'
import { RouteForward } from '../proxy/route-forward.ts'
import { AppRequests } from './app-requests.ts'
import { DialogRequests } from './dialog-requests.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Gate } from './gate.ts'
import { InboundRequests } from './inbound-requests.ts'
import type { Intercept } from './intercept.ts'
import { NetworkRequests } from './network-requests.ts'
import { newTag } from './tokens.ts'

export interface DispatchOptions {
  readonly secret: string
  readonly intercept?: Intercept | undefined
  readonly gate?: Gate | undefined
}

/** How long a call whose application is gone may go on. */
const longestOrphanMs = 12 * 3_600_000

/** Hands what comes, from the network and from applications, to whoever deals with it. */
export class MessageDispatch {
  readonly #context: EdgeContext
  readonly #inbound: InboundRequests
  readonly #networkRequests: NetworkRequests
  readonly #appRequests: AppRequests
  readonly #appProxy: AppProxy
  readonly #gate: Gate | undefined

  constructor(context: EdgeContext, options: DispatchOptions) {
    this.#context = context
    this.#gate = options.gate
    const inbound = new InboundRequests(context)
    const dialogRequests = new DialogRequests(context, inbound)
    this.#inbound = inbound
    const recordRoutes = new RecordRoutes(options.secret)
    const routeForward = new RouteForward(context, recordRoutes)
    const { intercept } = options
    this.#networkRequests = new NetworkRequests({ context, inbound, dialogRequests, routeForward, intercept })
    this.#appProxy = new AppProxy(context, inbound, recordRoutes)
    this.#appRequests = new AppRequests(context)
  }

  listenTo(transport: TransportLayer): void {
    transport.on('message', (message, flow) => this.receive(message, flow))
    transport.on('malformed', (fault, flow, request) => this.#refuseMalformed(fault, flow, request))
    transport.on('closed', (flow, error) => this.#context.transactions.flowClosed(flow, error))
    transport.on('unsent', (flow, error) => this.#context.transactions.unsent(flow, error))
  }

  /** How many requests wait for an application's answer. */
  get waiting(): number {
    return this.#inbound.size + this.#appRequests.size
  }

  /** What an application asks for. */
  obey(app: AppConnection, command: SipCommand): void {
    switch (command.kind) {
      case 'respond':
        return this.#inbound.answer(app, command)
      case 'request':
        return this.#appRequests.request(app, command)
      case 'cancel':
        return this.#appRequests.cancel(app, command)
      case 'proxy':
        return this.#appProxy.proxy(app, command)
    }
  }

  /** Its calls go on without it until the far end hangs up, but not for ever. */
  appLost(app: AppConnection): void {
    this.#inbound.appLost(app)
    this.#appRequests.appLost(app)
    const { dialogs, timers } = this.#context
    timers.after(longestOrphanMs, () => {
      for (const dialog of [...dialogs.all()]) if (dialog.app === app) dialogs.remove(dialog)
    })
  }

  /** A well-formed message from the network. */
  receive(message: AnySipMessage, flow: Flow): void {
    if (message.kind === 'response') this.#receiveResponse(message, flow)
    else if (!this.#gate || this.#gate.welcomes(message, flow)) this.#networkRequests.receive(message, flow)
  }

  #receiveResponse(response: SipResponse, flow: Flow): void {
    this.#context.wire.arrived(flow, response.toBuffer())
    if (!this.#context.transactions.receive(response, flow)) this.#context.counters.strays++
  }

  /** RFC 3261 18.3, 16.3: without a transaction, so that nonsense costs no memory. */
  #refuseMalformed(fault: ParseFault, flow: Flow, request: SipRequest | undefined): void {
    const { counters, wire } = this.#context
    counters.malformed++
    this.#gate?.malformed(flow)
    const response = request && answerFault(fault, request, newTag())
    if (!response) return
    counters.responseOut(response.status)
    wire.send(flow, response.toBuffer())
  }
}
