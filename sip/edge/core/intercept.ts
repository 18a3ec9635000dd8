import { asError } from '../../../core/errors.ts'
import type { SipRequest } from '../message/sip-request.ts'
import type { ServerTransaction } from '../transaction/transaction-layer.ts'
import type { Flow } from '../transport/flow.ts'
import { makeAnswer, sendAnswer, answerNow } from './answer.ts'
import type { EdgeContext } from './edge-context.ts'

/** An answer that the edge gives by itself. */
export interface LocalAnswer {
  readonly status: number
  readonly reason?: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: Buffer
}

/** Answers a request outside a dialog before any application sees it; undefined leaves it to the applications. */
export type Intercept = (request: SipRequest, flow: Flow) => LocalAnswer | Promise<LocalAnswer | undefined> | undefined

/** Asks `intercept`; true when the answer is given or will be, or `leave` will be called. */
export function answerLocally(
  context: EdgeContext,
  intercept: Intercept,
  transaction: ServerTransaction,
  request: SipRequest,
  flow: Flow,
  leave: () => void,
): boolean {
  const failed = (thrown: unknown) => {
    context.logger.error({ err: asError(thrown), method: request.method, callId: request.callId }, 'intercept failed')
    answerNow(context, transaction, 500)
  }
  try {
    const answer = intercept(request, flow)
    if (!answer) return false
    if (!(answer instanceof Promise)) give(context, transaction, request, answer)
    else {
      if (transaction.kind === 'non-invite-server') transaction.awaitAnswer()
      answer.then((given) => (given ? give(context, transaction, request, given) : leave())).catch(failed)
    }
  } catch (thrown) {
    failed(thrown)
  }
  return true
}

function give(context: EdgeContext, transaction: ServerTransaction, request: SipRequest, answer: LocalAnswer): void {
  const response = makeAnswer(request, answer.status, answer.reason)
  for (const [name, value] of answer.headers) response.add(name, value)
  if (answer.body) response.body = answer.body
  sendAnswer(context, transaction, response)
}
