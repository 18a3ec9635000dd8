import { parseNameAddr } from '../edge/message/name-addr.ts'
import type { RequestView } from './sip-source.ts'

/** A contact as a REGISTER asks for it. */
export interface RequestedContact {
  readonly uri: string
  /** Undefined: the registrar chooses; 0: take it out. */
  readonly expiresSeconds: number | undefined
  readonly q: number
  readonly instanceId: string | undefined
  readonly regId: number | undefined
}

/** What a REGISTER wants (RFC 3261 10.2). */
export type Registration =
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'query' }
  | { readonly kind: 'remove-all' }
  | {
      readonly kind: 'contacts'
      /** The user part of the To URI. */
      readonly user: string
      readonly callId: string
      readonly cseq: number
      readonly contacts: readonly RequestedContact[]
    }

export function readRegistration(request: RequestView): Registration {
  const values = request.values('contact')
  const expires = secondsOf(request.get('expires'))
  if (expires === 'malformed') return { kind: 'malformed', reason: 'Bad Expires' }
  if (values.length === 0) return { kind: 'query' }
  if (values.some((value) => value.trim() === '*')) {
    // RFC 3261 10.2.2: `*` stands alone and comes with Expires 0.
    return values.length === 1 && expires === 0 ? { kind: 'remove-all' } : { kind: 'malformed', reason: 'Bad Contact' }
  }
  const cseq = parseInt(request.get('cseq') ?? '', 10)
  const user = parseNameAddr(request.get('to') ?? '')?.sip?.user
  const callId = request.get('call-id')
  if (user === undefined || callId === undefined || !Number.isSafeInteger(cseq)) {
    return { kind: 'malformed', reason: 'Bad Request' }
  }
  const contacts: RequestedContact[] = []
  for (const value of values) {
    const contact = readContact(value, expires)
    if (!contact) return { kind: 'malformed', reason: 'Bad Contact' }
    contacts.push(contact)
  }
  return { kind: 'contacts', user, callId, cseq, contacts }
}

function readContact(value: string, expires: number | undefined): RequestedContact | undefined {
  const address = parseNameAddr(value)
  if (!address?.sip) return undefined
  const own = secondsOf(address.params.get('expires'))
  const regId = address.params.get('reg-id')
  const q = Number(address.params.get('q') ?? 1)
  return {
    uri: address.uri,
    // RFC 3261 20.19: a malformed value in a Contact counts as one hour.
    expiresSeconds: own === 'malformed' ? 3600 : (own ?? expires),
    q: q >= 0 && q <= 1 ? q : 1,
    instanceId: address.params.get('+sip.instance'),
    regId: regId === undefined ? undefined : parseInt(regId, 10) || undefined,
  }
}

function secondsOf(text: string | undefined): number | undefined | 'malformed' {
  if (text === undefined) return undefined
  const value = text.trim()
  return /^[0-9]{1,10}$/.test(value) ? Math.min(Number(value), 2 ** 32 - 1) : 'malformed'
}
