import type { Response } from 'express'
import { systemCodeOf } from '../core/errors.ts'
import type { Contract } from './contracts/contract.ts'
import type { AnyReply } from './route.ts'

/** Puts a handler's reply on the wire as its contract says. */
export async function sendReply(response: Response, { answer }: Contract, reply: AnyReply): Promise<void> {
  response.status(reply.status ?? answer.status)
  if (reply.headers) response.set(reply.headers)
  if ('mediaType' in answer) response.set('Content-Type', answer.mediaType)
  if (reply.file !== undefined) await sendFile(response, reply.file)
  else if (reply.text !== undefined) response.send(reply.text)
  else if ('schema' in answer) response.json(reply.json)
  else response.end()
}

/** Whole or by Range (RFC 9110 section 14). */
function sendFile(response: Response, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // The data directory may lie below a directory whose name begins with a dot.
    response.sendFile(file, { dotfiles: 'allow', cacheControl: false }, (failed?: Error) => {
      const isGone = systemCodeOf(failed) === 'ECONNABORTED' || response.destroyed
      if (failed && !isGone) reject(failed)
      else resolve()
    })
  })
}
