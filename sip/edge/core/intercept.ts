import { asError } from '../../../core/errors.ts'
import type { SipRequest } from '../message/sip-request.ts'
import type { ServerTransaction } from '../transaction/transaction-layer.ts'
import type { Flow } from '../transport/flow.ts'
import { answerNow, makeAnswer, sendAnswer } from './answer.ts'
import type { EdgeContext } from './edge-context.ts'
import { writeAnswer } from './write-answer.ts'

/** An answer that the edge gives by itself. */
export interface LocalAnswer {
  readonly status: number
  readonly reason?: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: Buffer
}

/** A request that came, with the transaction that waits for its answer. */
export interface Arrived {
  readonly transaction: ServerTransaction
  readonly request: SipRequest
  readonly flow: Flow
  /** Of the request on the wire. */
  readonly bytes: number
}

/** Answers a request outside a dialog before any application sees it; undefined leaves it to the applications. */
export type Intercept = (request: SipRequest, flow: Flow) => LocalAnswer | Promise<LocalAnswer | undefined> | undefined

/** Asks `intercept`; true when the answer is given or will be, or `leave` will be called. */
export function answerLocally(
  context: EdgeContext,
  intercept: Intercept,
  arrived: Arrived,
  leave: (arrived: Arrived) => void,
): boolean {
  try {
    const answer = intercept(arrived.request, arrived.flow)
    if (!answer) return false
    if (answer instanceof Promise) giveLater(context, arrived, answer, leave)
    else give(context, arrived, answer)
  } catch (thrown) {
    fail(context, arrived, thrown)
  }
  return true
}

function giveLater(
  context: EdgeContext,
  arrived: Arrived,
  answer: Promise<LocalAnswer | undefined>,
  leave: (arrived: Arrived) => void,
): void {
  const { transaction, request } = arrived
  if (transaction.kind === 'non-invite-server') transaction.awaitAnswer()
  else sendAnswer(context, transaction, makeAnswer(request, 100))
  answer
    .then((given) => (given ? give(context, arrived, given) : leave(arrived)))
    .catch((thrown: unknown) => fail(context, arrived, thrown))
}

function give({ counters }: EdgeContext, { transaction, request }: Arrived, answer: LocalAnswer): void {
  if (transaction.respond(answer.status, writeAnswer(request, answer))) counters.responseOut(answer.status)
}

function fail(context: EdgeContext, { transaction, request }: Arrived, thrown: unknown): void {
  const { method, callId } = request
  context.logger.error({ err: asError(thrown), method, callId }, 'intercept failed')
  answerNow(context, transaction, 500)
}
