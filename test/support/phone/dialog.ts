import { isIP } from 'node:net'
import { SipRequest } from '../../../sip/edge/message/sip-request.ts'
import type { SipResponse } from '../../../sip/edge/message/sip-response.ts'
import { parseNameAddr } from '../../../sip/edge/message/name-addr.ts'
import type { Peer } from './sip-socket.ts'

interface DialogParts {
  readonly callId: string
  /** From as this phone writes it, with its tag. */
  readonly local: string
  /** To as this phone writes it, with the peer's tag. */
  readonly remote: string
  readonly remoteTarget: string
  readonly routes: readonly string[]
  readonly sequence: number
}

/** What a phone knows about an established dialog (RFC 3261 12). */
export class Dialog {
  readonly callId: string
  readonly local: string
  readonly remote: string
  readonly #routes: readonly string[]
  #remoteTarget: string
  #sequence: number

  constructor(parts: DialogParts) {
    this.callId = parts.callId
    this.local = parts.local
    this.remote = parts.remote
    this.#remoteTarget = parts.remoteTarget
    this.#routes = parts.routes
    this.#sequence = parts.sequence
  }

  /** The caller's view (RFC 3261 12.1.2). */
  static ofCaller(invite: SipRequest, response: SipResponse): Dialog {
    return new Dialog({
      callId: invite.callId,
      local: invite.get('From') ?? '',
      remote: response.get('To') ?? '',
      remoteTarget: targetOf(response) ?? invite.uri,
      routes: response.values('Record-Route').reverse(),
      sequence: invite.cseq.number,
    })
  }

  /** The callee's view (RFC 3261 12.1.1). */
  static ofCallee(invite: SipRequest, localTag: string): Dialog {
    return new Dialog({
      callId: invite.callId,
      local: `${invite.get('To') ?? ''};tag=${localTag}`,
      remote: invite.get('From') ?? '',
      remoteTarget: targetOf(invite) ?? '',
      routes: invite.values('Record-Route'),
      sequence: 0,
    })
  }

  /** A target refresh (RFC 3261 12.2.1.2). */
  refresh(message: SipRequest | SipResponse): void {
    this.#remoteTarget = targetOf(message) ?? this.#remoteTarget
  }

  request(method: string, headers: Readonly<Record<string, string>> = {}, body = ''): SipRequest {
    if (method !== 'ACK') this.#sequence += 1
    return this.#make(method, this.#sequence, headers, body)
  }

  /** The ACK of a 2xx has the number of its INVITE. */
  ack(inviteSequence: number): SipRequest {
    return this.#make('ACK', inviteSequence, {}, '')
  }

  /** Where requests go, when that is an address and not a name. */
  get nextHop(): Peer | undefined {
    const uri = parseNameAddr(this.#routes[0] ?? this.#remoteTarget)?.sip
    return uri && isIP(uri.host) ? { host: uri.host, port: uri.port ?? 5060 } : undefined
  }

  #make(method: string, sequence: number, headers: Readonly<Record<string, string>>, body: string): SipRequest {
    const fields: [string, string][] = this.#routes.map((route) => ['Route', route])
    fields.push(
      ['Max-Forwards', '70'],
      ['From', this.local],
      ['To', this.remote],
      ['Call-ID', this.callId],
      ['CSeq', `${sequence} ${method}`],
      ...Object.entries(headers),
    )
    return SipRequest.create({ method, uri: this.#remoteTarget, headers: fields, body })
  }
}

function targetOf(message: SipRequest | SipResponse): string | undefined {
  return message.contacts[0]?.uri.toString()
}
