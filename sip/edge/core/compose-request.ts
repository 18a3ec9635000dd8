import { randomInt } from 'node:crypto'
import { StrowgerError } from '../../../core/errors.ts'
import { parseCSeq } from '../message/cseq.ts'
import { parseNameAddr, type NameAddr } from '../message/name-addr.ts'
import { SipRequest } from '../message/sip-request.ts'
import { appHeaders, guessedContentType } from './app-headers.ts'
import { ownUri, type OwnAddress } from './own-address.ts'
import { newCallId, newTag } from './tokens.ts'

/** What an application wants sent cannot be sent; the message is for the application. */
export class RequestRefused extends StrowgerError {
  readonly code = 'request-refused'
}

/** Requests that need a Contact, so that the far end can reach us in the dialog. */
const withContact: ReadonlySet<string> = new Set(['INVITE', 'SUBSCRIBE', 'REFER', 'NOTIFY'])

/** What stands at a fixed place; everything else follows as the application wrote it. */
const placed: ReadonlySet<string> = new Set(['Max-Forwards', 'From', 'To', 'Call-ID', 'CSeq', 'Contact'])

/** A request outside a dialog, without Via: what the application left out is supplied. @throws RequestRefused */
export function composeRequest(given: SipRequest, own: OwnAddress): SipRequest {
  const written = appHeaders(given, own)
  const find = (name: string) => written.find(([each]) => each === name)?.[1]
  const from = address(find('From') ?? `<${plainUri(own)}>`, 'from')
  const to = address(find('To') ?? `<${given.uri}>`, 'to')
  const contact = find('Contact') ?? (withContact.has(given.method) ? `<${ownUri(own)}>` : undefined)
  const headers: [string, string][] = [
    ['Max-Forwards', find('Max-Forwards') ?? '70'],
    ['From', (from.tag === undefined ? from.withTag(newTag()) : from).toString()],
    ['To', to.toString()],
    ['Call-ID', find('Call-ID') ?? newCallId()],
    ['CSeq', `${seqOf(find('CSeq')) ?? randomInt(1, 2 ** 24)} ${given.method}`],
  ]
  if (contact !== undefined) headers.push(['Contact', contact])
  for (const [name, value] of written) if (!placed.has(name)) headers.push([name, value])
  headers.push(...typeOfBody(given))
  return SipRequest.create({ method: given.method, uri: given.uri, headers, body: given.body })
}

/** Content-Type of a body that came without one. @throws RequestRefused */
export function typeOfBody(given: SipRequest): [name: string, value: string][] {
  if (given.body.length === 0 || given.has('Content-Type')) return []
  const type = guessedContentType(given.body)
  if (type === undefined) throw new RequestRefused('missing content-type')
  return [['Content-Type', type]]
}

/** The number that the application wrote in CSeq, to go on from an earlier attempt. */
export function seqOf(cseq: string | undefined): number | undefined {
  return cseq === undefined ? undefined : parseCSeq(cseq)?.number
}

function address(text: string, what: 'from' | 'to'): NameAddr {
  const parsed = parseNameAddr(text)
  if (!parsed) throw new RequestRefused(`invalid ${what} value provided by client: ${text}`)
  return parsed
}

function plainUri({ host, port }: OwnAddress): string {
  return `sip:${host}:${port}`
}
