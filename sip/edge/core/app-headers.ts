import { parseNameAddr } from '../message/name-addr.ts'
import type { SipMessage } from '../message/sip-message.ts'
import type { OwnAddress } from './own-address.ts'

/** Headers in which an application may write `localhost` where it means this server. */
const ownHostHeaders = new Set([
  'From',
  'Contact',
  'P-Asserted-Identity',
  'P-Preferred-Identity',
  'Remote-Party-ID',
  'Reply-To',
])

/** What an application cannot say about a message, because it follows from where the message belongs. */
const ownedByServer = new Set(['Via', 'Content-Length'])

/** The headers of a message that an application wrote, our address in place of `localhost`. */
export function appHeaders(message: SipMessage, own: OwnAddress): [name: string, value: string][] {
  const headers: [string, string][] = []
  for (const [name, value] of message.headers()) {
    if (!ownedByServer.has(name)) headers.push([name, ownHostHeaders.has(name) ? withOwnHost(value, name, own) : value])
  }
  return headers
}

function withOwnHost(value: string, name: string, own: OwnAddress): string {
  if (!/[:@]localhost\b/i.test(value)) return value
  const address = parseNameAddr(value)
  const uri = address?.sip
  if (!uri || uri.host.toLowerCase() !== 'localhost' || uri.port !== undefined) return value
  const here = uri.with({ host: own.host, port: own.port })
  const needsTransport = name === 'Contact' && own.protocol !== 'udp' && uri.transport === undefined
  const params = needsTransport
    ? uri.params.with('transport', own.protocol === 'wss' ? 'ws' : own.protocol)
    : uri.params
  return address.with({ uri: here.with({ params }).toString() }).toString()
}

/** The type of a body that came without one: session descriptions begin with their version. */
export function guessedContentType(body: Buffer): string | undefined {
  return body.length > 4 && body.toString('latin1', 0, 3) === 'v=0' ? 'application/sdp' : undefined
}
