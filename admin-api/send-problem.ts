import type { ErrorRequestHandler, Request, Response } from 'express'
import { asError } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import { problemOf } from './problem-of.ts'
import type { Problem } from './problem.ts'
import { requestIdOf } from './request-log.ts'

/** The last of all handlers: every error becomes a problem document, and ours are logged with their cause. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (thrown: unknown, request, response, _next) => {
    const problem = problemOf(thrown)
    const requestId = requestIdOf(request)
    if (problem.status >= 500) {
      const error = asError(problem.cause ?? problem)
      logger.error({ requestId, method: request.method, path: request.path, err: error }, 'request failed')
    }
    if (response.headersSent) {
      response.destroy()
      return
    }
    sendProblem(request, response, problem)
  }
}

function sendProblem(request: Request, response: Response, problem: Problem): void {
  if (problem.status === 401) response.set('WWW-Authenticate', 'Bearer realm="strowger"')
  response.removeHeader('ETag')
  response
    .status(problem.status)
    .set(problem.headers)
    .type('application/problem+json')
    .send(JSON.stringify(problem.toDocument(request.path, requestIdOf(request))))
}
