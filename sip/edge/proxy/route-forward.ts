import { createHash } from 'node:crypto'
import { asError } from '../../../core/errors.ts'
import { answerNow, makeAnswer, sendAnswer } from '../core/answer.ts'
import type { EdgeContext } from '../core/edge-context.ts'
import { nextHopOfRequest } from '../core/next-hop.ts'
import { RequestRoutes } from '../core/request-routes.ts'
import { newVia, sendWithoutTransaction } from '../core/send-request.ts'
import type { SipRequest } from '../message/sip-request.ts'
import { branchCookie } from '../transaction/transaction-keys.ts'
import type { ServerTransaction } from '../transaction/transaction-layer.ts'
import type { Flow } from '../transport/flow.ts'
import { makeForwarded } from './forward-request.ts'
import { ProxiedRequest } from './proxied-request.ts'
import type { RecordRoutes } from './record-route.ts'

const nobody = { answered: () => undefined, finished: () => undefined }

/** Passes on requests of dialogs that we have forwarded before and stayed in (RFC 3261 16.12). */
export class RouteForward {
  readonly #context: EdgeContext
  readonly #recordRoutes: RecordRoutes

  constructor(context: EdgeContext, recordRoutes: RecordRoutes) {
    this.#context = context
    this.#recordRoutes = recordRoutes
  }

  /** False when its Route is not ours. */
  forward(transaction: ServerTransaction, request: SipRequest, flow: Flow): boolean {
    const unwound = this.#recordRoutes.unwind(request)
    if (!unwound) return false
    if (request.maxForwards === 0) {
      answerNow(this.#context, transaction, 483)
      return true
    }
    if (request.method === 'INVITE') sendAnswer(this.#context, transaction, makeAnswer(request, 100))
    const options = {
      destinations: [unwound.uri],
      headers: [],
      isSimultaneous: false,
      isFollowingRedirects: false,
      provisionalMs: undefined,
      finalMs: undefined,
      recordRoutes: undefined,
    }
    new ProxiedRequest(this.#context, transaction, { request: unwound, flow, options }, nobody).start()
    return true
  }

  /** An ACK has no transaction: the same one always leaves in the same branch. False when its Route is not ours. */
  forwardAck(ack: SipRequest): boolean {
    const unwound = this.#recordRoutes.unwind(ack)
    if (!unwound || ack.maxForwards === 0) return unwound !== undefined
    this.#sendOn(unwound).catch((thrown: unknown) => {
      this.#context.logger.warn({ err: asError(thrown), callId: ack.callId }, 'an ACK could not be forwarded')
    })
    return true
  }

  async #sendOn(ack: SipRequest): Promise<void> {
    const hop = nextHopOfRequest(ack.uri, ack.addresses('Route'))
    const routes = hop && (await RequestRoutes.to(this.#context, hop, ack.toBuffer().length))
    const route = await routes?.next()
    if (!route) throw new Error(`no way to ${ack.uri}`)
    const branch = createHash('sha256').update(ack.topVia.toString()).digest('hex').slice(0, 24)
    const forward = makeForwarded(ack, {})
    forward.prepend('Via', newVia(route, branchCookie + branch).toString())
    sendWithoutTransaction(this.#context, forward, route)
  }
}
