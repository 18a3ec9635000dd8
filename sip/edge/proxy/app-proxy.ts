import type { AppConnection } from '../control/app-connection.ts'
import type { ProxyCommand } from '../control/command.ts'
import { appHeaders } from '../core/app-headers.ts'
import type { EdgeContext } from '../core/edge-context.ts'
import { metaOfArrival, metaOfLocalAnswer } from '../core/frame-metas.ts'
import type { InboundRequests } from '../core/inbound-requests.ts'
import { nextHopOf } from '../core/next-hop.ts'
import { parseUri } from '../message/sip-uri.ts'
import { stripOwnRoutes } from './forward-request.ts'
import { ProxiedRequest } from './proxied-request.ts'
import type { RecordRoutes } from './record-route.ts'

/** Forwards requests where applications say. */
export class AppProxy {
  readonly #context: EdgeContext
  readonly #inbound: InboundRequests
  readonly #recordRoutes: RecordRoutes

  constructor(context: EdgeContext, inbound: InboundRequests, recordRoutes: RecordRoutes) {
    this.#context = context
    this.#inbound = inbound
    this.#recordRoutes = recordRoutes
  }

  /** `proxy|<transaction id>|…`; answered `continue` for every final answer and then `done`. */
  proxy(app: AppConnection, command: ProxyCommand): void {
    const { id, transactionId, destinations, isRecordRouted } = command
    const bad = destinations.find((uri) => !nextHopOf(parseUri(uri)))
    if (bad !== undefined || destinations.length === 0) return app.refuse(id, `invalid uri: ${bad ?? ''}`)
    const waiting = this.#inbound.release(app, transactionId)
    if (!waiting) return app.refuse(id, `Unknown transaction id: ${transactionId}`)
    const { flow, transaction } = waiting
    const { router } = this.#context
    const request = stripOwnRoutes(waiting.request, (host, port) => router.isOurs(host, port))
    const own = router.ownOf(flow)
    const options = {
      ...command,
      headers: command.request ? appHeaders(command.request, own) : [],
      recordRoutes: isRecordRouted ? this.#recordRoutes : undefined,
    }
    new ProxiedRequest(
      this.#context,
      transaction,
      { request, flow, options },
      {
        answered: (response, from) => {
          if (!command.isFullResponse) return
          const meta = from ? metaOfArrival(from, response.toBuffer().length) : metaOfLocalAnswer(flow.protocol)
          app.acceptSent(id, meta, '||continue', response)
        },
        finished: () => app.accept(id, 'done'),
      },
    ).start()
  }
}
