import type { Dialog } from '../dialog/dialog.ts'
import type { SipRequest } from '../message/sip-request.ts'
import { Via } from '../message/via.ts'
import { Params } from '../message/params.ts'
import { nextHopOfRequest } from './next-hop.ts'
import type { ClientUser } from '../transaction/invite-client-transaction.ts'
import type { ClientTransaction } from '../transaction/transaction-layer.ts'
import type { EdgeContext } from './edge-context.ts'
import { RequestRoutes } from './request-routes.ts'
import type { RequestRoute } from './request-router.ts'
import { newBranch } from './tokens.ts'

/** Our Via for a request that leaves by `route`. */
export function newVia({ own }: Pick<RequestRoute, 'own'>, branch = newBranch()): Via {
  const params = Params.none.with('rport', true).with('branch', branch)
  return new Via({ transport: own.protocol, host: own.host, port: own.port, params })
}

/** Puts our Via on a request; `branchEnd` is added to its branch. */
export function stampVia(request: SipRequest, route: Pick<RequestRoute, 'own'>, branchEnd = ''): void {
  request.prepend('Via', newVia(route, newBranch() + branchEnd).toString())
}

/** Sends a request that has our Via, in a transaction. */
export function sendInTransaction(
  { transactions, counters }: EdgeContext,
  request: SipRequest,
  route: RequestRoute,
  user: ClientUser,
): ClientTransaction {
  counters.requestOut(request.method)
  return transactions.send(request, route.outlet, user)
}

/** Sends a request that has our Via and wants no answer: the ACK of a 2xx. */
export function sendWithoutTransaction({ counters }: EdgeContext, request: SipRequest, route: RequestRoute): void {
  counters.requestOut(request.method)
  route.outlet.send(request.toBuffer(), { sendFailed: () => undefined })
}

/**
 * The way of a request within a dialog: by its routes, else to the far end's Contact. A far end without routes that speaks
 * over a connection, or from another address than its Contact states, sits behind NAT or listens nowhere: it is answered on
 * the flow it speaks on.
 */
export async function routeInDialog(context: EdgeContext, dialog: Dialog, request: SipRequest): Promise<RequestRoute> {
  const direct = followsFlow(dialog, request)
  if (direct) return context.router.over(dialog.flow)
  const hop = nextHopOfRequest(request.uri, request.addresses('Route'))
  const routes = hop && (await RequestRoutes.to(context, hop, request.toBuffer().length))
  const route = await routes?.next()
  if (!route) throw new Error(`no way to ${request.uri}`)
  return route
}

function followsFlow(dialog: Dialog, request: SipRequest): boolean {
  const { flow } = dialog
  if (!flow.isOpen || request.has('Route')) return false
  if (flow.isReliable) return true
  const hop = nextHopOfRequest(request.uri, [])
  return !hop || hop.host !== flow.remoteAddress
}
