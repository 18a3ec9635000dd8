import type { Request, RequestHandler, Response } from 'express'
import type { Clock } from '../core/clock.ts'
import { newId } from '../core/ids.ts'
import type { Logger } from '../core/logger.ts'

const acceptableId = /^[A-Za-z0-9._-]{1,64}$/
const requestIds = new WeakMap<Request, string>()

/** The id of a request: the caller's `x-request-id` when it is a decent one, else a new one. */
export function requestIdOf(request: Request): string {
  const known = requestIds.get(request)
  if (known !== undefined) return known
  const offered = request.get('x-request-id') ?? ''
  const id = acceptableId.test(offered) ? offered : newId('request')
  requestIds.set(request, id)
  return id
}

/** Names each request, tells the name back, and logs each answer with its time. */
export function requestLog(logger: Logger, clock: Clock): RequestHandler {
  return (request, response, next) => {
    const startMs = clock.monotonicMs()
    const requestId = requestIdOf(request)
    response.set('X-Request-Id', requestId)
    response.once('close', () => {
      const ms = Math.round((clock.monotonicMs() - startMs) * 10) / 10
      logger.debug({ requestId, ...answered(request, response), ms }, 'request answered')
    })
    next()
  }
}

function answered(request: Request, response: Response): object {
  return {
    method: request.method,
    path: request.path,
    status: response.statusCode,
    isComplete: response.writableFinished,
    address: request.ip,
  }
}
