import { parseLoosely, type AnySipMessage } from '../message/parse-message.ts'
import { SipRequest } from '../message/sip-request.ts'
import type { SipResponse } from '../message/sip-response.ts'

/** What an application may ask for; `id` is answered with. */
export type Command = { readonly id: string } & (
  | { readonly kind: 'authenticate'; readonly secret: string; readonly tags: readonly string[] }
  | { readonly kind: 'route' | 'remove_route'; readonly verb: string }
  | { readonly kind: 'ping' }
  | { readonly kind: 'respond'; readonly transactionId: string; readonly response: SipResponse }
  | { readonly kind: 'cancel'; readonly transactionId: string; readonly request: SipRequest }
  | { readonly kind: 'request'; readonly dialogId: string; readonly proxy: string; readonly request: SipRequest }
  | ProxyCommand
  /** `isFatal`: the connection is closed after the answer. */
  | { readonly kind: 'refused'; readonly reason: string; readonly isFatal: boolean }
)

export interface ProxyCommand {
  readonly kind: 'proxy'
  readonly id: string
  readonly transactionId: string
  readonly isRecordRouted: boolean
  readonly isFullResponse: boolean
  readonly isFollowingRedirects: boolean
  readonly isSimultaneous: boolean
  readonly provisionalMs: number | undefined
  readonly finalMs: number | undefined
  readonly destinations: readonly string[]
  /** Headers to add to what is forwarded. */
  readonly request: SipRequest | undefined
}

/** Reads one frame of an application. */
export function parseCommand(frame: Buffer): Command {
  const lineEnd = frame.indexOf(0x0d)
  const line = frame.toString('utf8', 0, lineEnd < 0 ? frame.length : lineEnd)
  const tokens = line.split('|')
  const [id = '', kind = ''] = tokens
  const message = lineEnd < 0 ? undefined : frame.subarray(lineEnd + (frame[lineEnd + 1] === 0x0a ? 2 : 1))
  switch (kind) {
    case 'authenticate':
      return { id, kind, secret: tokens[2] ?? '', tags: (tokens[3] ?? '').split(',').filter((tag) => tag !== '') }
    case 'route':
    case 'remove_route':
      return { id, kind, verb: (tokens[2] ?? '').toLowerCase() }
    case 'ping':
      return { id, kind }
    case 'sip':
      return sipCommand(id, tokens, message)
    case 'proxy':
      return proxyCommand(id, tokens, message)
    default:
      return { id, kind: 'refused', reason: 'Unknown message type', isFatal: true }
  }
}

/** `sip|<transaction id>|<dialog id>|<proxy>`, then the message, of which the server fills in what is missing. */
function sipCommand(id: string, tokens: readonly string[], bytes: Buffer | undefined): Command {
  const [, , transactionId = '', dialogId = '', proxy = ''] = tokens
  const message = bytes && parseLoosely(bytes)
  if (!message) return badMessage(id, bytes)
  if (message.kind === 'response') {
    if (transactionId === '') return { id, kind: 'refused', reason: 'transaction id missing', isFatal: true }
    return { id, kind: 'respond', transactionId, response: message }
  }
  if (dialogId === '' && transactionId !== '' && message.method === 'CANCEL') {
    return { id, kind: 'cancel', transactionId, request: message }
  }
  return { id, kind: 'request', dialogId, proxy, request: message }
}

function badMessage(id: string, bytes: Buffer | undefined): Command {
  const line = bytes?.toString('utf8').split('\r\n', 1)[0] ?? ''
  return { id, kind: 'refused', reason: `invalid request-uri: ${line}`, isFatal: false }
}

/** `proxy|<txn>|remainInDialog|fullResponse|followRedirects|simultaneous or serial|<provisional>|<final>|<uri>|<uri>…` */
function proxyCommand(id: string, tokens: readonly string[], bytes: Buffer | undefined): Command {
  if (tokens.length < 10) {
    return { id, kind: 'refused', reason: 'Invalid proxy request: not enough information provided', isFatal: true }
  }
  const message: AnySipMessage | undefined = bytes && parseLoosely(bytes)
  return {
    id,
    kind: 'proxy',
    transactionId: tokens[2] ?? '',
    isRecordRouted: tokens[3] === 'remainInDialog',
    isFullResponse: tokens[4] === 'fullResponse',
    isFollowingRedirects: tokens[5] === 'followRedirects',
    isSimultaneous: tokens[6] === 'simultaneous',
    provisionalMs: durationMs(tokens[7] ?? ''),
    finalMs: durationMs(tokens[8] ?? ''),
    destinations: tokens.slice(9).filter((uri) => uri !== ''),
    request: message instanceof SipRequest ? message : undefined,
  }
}

/** `2s`, `1500ms`, `3` (seconds). */
function durationMs(text: string): number | undefined {
  const parts = /^(\d+)\s*(ms|s)?$/.exec(text.trim())
  if (!parts) return undefined
  return Number(parts[1]) * (parts[2] === 'ms' ? 1 : 1000)
}
