import type { SipRequest } from '../message/sip-request.ts'
import { SipResponse } from '../message/sip-response.ts'
import type { ServerTransaction } from '../transaction/transaction-layer.ts'
import type { EdgeContext } from './edge-context.ts'
import { newTag } from './tokens.ts'

/** A response with our tag in To; a 100 has none (RFC 3261 8.2.6.2). */
export function makeAnswer(request: SipRequest, status: number, reason?: string, tag: string = newTag()): SipResponse {
  const response = SipResponse.to(request, status, reason)
  if (status > 100 && request.to.tag === undefined) response.set('To', `${request.get('To') ?? ''};tag=${tag}`)
  return response
}

/** Sends an answer; false when the transaction takes none any more. */
export function sendAnswer(
  { counters }: Pick<EdgeContext, 'counters'>,
  transaction: ServerTransaction,
  response: SipResponse,
): boolean {
  if (!transaction.respond(response.status, response.toBuffer())) return false
  counters.responseOut(response.status)
  return true
}

/** Answers a request here and now. */
export function answerNow(
  context: Pick<EdgeContext, 'counters'>,
  transaction: ServerTransaction,
  status: number,
  options: { readonly reason?: string; readonly headers?: readonly (readonly [string, string | number])[] } = {},
): void {
  const { request } = transaction
  if (!request) return
  const response = makeAnswer(request, status, options.reason)
  for (const [name, value] of options.headers ?? []) response.add(name, value)
  sendAnswer(context, transaction, response)
}
