import { asError } from '../../core/errors.ts'
import type { Logger } from '../../core/logger.ts'
import type { SrfHandler, SrfRequest, SrfResponse } from './srf.ts'

/**
 * Wraps an asynchronous handler so that it is awaited and a throw still answers the request: drachtio-srf does
 * neither, and would leave an INVITE ringing for ever.
 */
export function onRequest(
  log: Logger,
  handle: (request: SrfRequest, response: SrfResponse) => Promise<void>,
): SrfHandler {
  return (request, response) => {
    handle(request, response).catch((thrown: unknown) => {
      const err = asError(thrown)
      log.error(
        { err, method: request.method, sipCallId: request.get('call-id') },
        'a SIP request could not be handled',
      )
      if (!response.finalResponseSent) response.send(500)
    })
  }
}
