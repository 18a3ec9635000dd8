import type { Request, RequestHandler, Response } from 'express'
import express from 'express'
import { asError } from '../core/errors.ts'
import { Problem } from './problem.ts'

/** Larger than any body of the API: call handling with all its hours has a few kilobytes. */
const largestBodyBytes = 256 * 1024

const parseJson: RequestHandler = express.json({
  limit: largestBodyBytes,
  inflate: false,
  strict: false,
  type: () => true,
  verify: (_request, _response, bytes) => {
    // The parser would put U+FFFD for bytes that are no UTF-8 (RFC 8259 section 8.1).
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  },
})

/**
 * Reads a JSON body (RFC 8259); undefined when there is none.
 * @throws Problem, and what the parser throws for broken JSON
 */
export async function readBody(request: Request, response: Response): Promise<unknown> {
  if (!hasBody(request)) return undefined
  if (!isJson(request)) throw new Problem('unsupported-media-type', 'send the body as application/json in UTF-8')
  await new Promise<void>((resolve, reject) => {
    parseJson(request, response, (failed?: unknown) => (failed === undefined ? resolve() : reject(asError(failed))))
  })
  return request.body as unknown
}

/** RFC 9112 section 6.3: a request has a body when it says how long it is. */
function hasBody(request: Request): boolean {
  const length = request.get('content-length')
  return request.get('transfer-encoding') !== undefined || (length !== undefined && length !== '0')
}

function isJson(request: Request): boolean {
  const [mediaType = '', ...parameters] = (request.get('content-type') ?? '').toLowerCase().split(';')
  if (mediaType.trim() !== 'application/json') return false
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='))
  return charset === undefined || /^charset="?utf-8"?$/.test(charset)
}
