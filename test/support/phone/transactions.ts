import { randomBytes } from 'node:crypto'
import { TypedEmitter } from '../../../core/typed-emitter.ts'
import { SipRequest } from '../../../sip/edge/message/sip-request.ts'
import type { SipResponse } from '../../../sip/edge/message/sip-response.ts'
import type { Peer, SipSocket } from './sip-socket.ts'

/** RFC 3261 17.1.1.2: the estimate of a round trip, the longest interval, and when to give up. */
const t1Ms = 500
const t2Ms = 4_000
const giveUpMs = 64 * t1Ms

export const newTag = () => randomBytes(5).toString('hex')
const newBranch = () => `z9hG4bK${randomBytes(8).toString('hex')}`

export type TransactionEvents = {
  /** A new request; answer it with `respond`. ACK has none. */
  request: [SipRequest, from: Peer]
  /** A 2xx to an INVITE that was answered before: its ACK got lost. */
  repeated: [SipResponse]
}

export interface SendOptions {
  /** Where to; default the server. */
  readonly to?: Peer
  readonly onProvisional?: (response: SipResponse) => void
}

interface Pending {
  readonly request: SipRequest
  readonly options: SendOptions
  readonly resolve: (response: SipResponse) => void
  stopRepeating: () => void
}

const keyOf = (message: SipRequest | SipResponse) => `${message.topVia.branch ?? ''} ${message.cseq.method}`

/** A phone's SIP transactions (RFC 3261 17), as many as a phone needs: repetition over UDP, matching, ACK for refusals. */
export class Transactions {
  readonly events = new TypedEmitter<TransactionEvents>()
  readonly #socket: SipSocket
  readonly #pending = new Map<string, Pending>()
  readonly #refused = new Map<string, SipRequest>()
  readonly #answers = new Map<string, SipResponse | undefined>()
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(socket: SipSocket) {
    this.#socket = socket
    socket.events.on('message', (message, from) => {
      if (message.kind === 'response') this.#receiveResponse(message)
      else this.#receiveRequest(message, from)
    })
  }

  /** Adds a Via and sends. Resolves with the final response. @throws Error when none comes */
  send(request: SipRequest, options: SendOptions = {}): Promise<SipResponse> {
    request.prepend('Via', this.#via(newBranch()))
    return new Promise((resolve, reject) => {
      const stopRepeating = this.#repeat(
        () => this.#socket.send(request, options.to),
        request.method === 'INVITE' ? giveUpMs : t2Ms,
        () => reject(new Error(`no answer to ${request.method}`)),
      )
      this.#pending.set(keyOf(request), { request, options, resolve, stopRepeating })
    })
  }

  /** An ACK for a 2xx is a transaction of its own without an answer (RFC 3261 13.2.2.4). */
  sendAck(ack: SipRequest, to?: Peer): void {
    ack.prepend('Via', this.#via(newBranch()))
    this.#socket.send(ack, to)
  }

  /** A CANCEL has the Via of what it cancels (RFC 3261 9.1). */
  cancel(invite: SipRequest, to?: Peer): Promise<SipResponse> {
    const cancel = withSameBranch('CANCEL', invite)
    return new Promise((resolve, reject) => {
      const stopRepeating = this.#repeat(
        () => this.#socket.send(cancel, to),
        t2Ms,
        () => reject(new Error('no answer to CANCEL')),
      )
      this.#pending.set(keyOf(cancel), { request: cancel, options: {}, resolve, stopRepeating })
    })
  }

  respond(request: SipRequest, response: SipResponse, to: Peer): void {
    this.#answers.set(keyOf(request), response)
    this.#socket.send(response, to)
  }

  /** Sends a 2xx again and again until the returned function is called (RFC 3261 13.3.1.4). */
  repeatUntilAck(response: SipResponse, to: Peer): () => void {
    let isFirst = true
    const send = () => {
      if (!isFirst) this.#socket.send(response, to)
      isFirst = false
    }
    return this.#repeat(send, t2Ms, () => undefined, true)
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }

  #via(branch: string): string {
    const { transport, host, port } = this.#socket
    return `SIP/2.0/${transport.toUpperCase()} ${host}:${port};branch=${branch};rport`
  }

  /** Sends at once, then at growing intervals over UDP, until stopped or given up. */
  #repeat(send: () => void, longestMs: number, giveUp: () => void, alsoOverTcp = false): () => void {
    const repeats = alsoOverTcp || this.#socket.transport === 'udp'
    let timer: NodeJS.Timeout | undefined
    let stop: () => void = () => undefined
    const later = (ms: number, run: () => void) => {
      if (timer) this.#timers.delete(timer)
      timer = setTimeout(run, ms)
      this.#timers.add(timer)
    }
    const once = (intervalMs: number, sinceMs: number) => {
      if (sinceMs >= giveUpMs) {
        stop()
        giveUp()
        return
      }
      if (sinceMs === 0 || repeats) send()
      later(intervalMs, () => once(Math.min(intervalMs * 2, longestMs), sinceMs + intervalMs))
    }
    stop = () => {
      clearTimeout(timer)
      if (timer) this.#timers.delete(timer)
    }
    once(t1Ms, 0)
    return stop
  }

  #receiveResponse(response: SipResponse): void {
    const key = keyOf(response)
    const pending = this.#pending.get(key)
    if (!pending) {
      this.#receiveRepeated(key, response)
      return
    }
    // From the first provisional answer on an INVITE is no longer repeated (RFC 3261 17.1.1.2).
    if (response.status < 200) {
      if (pending.request.method === 'INVITE') pending.stopRepeating()
      pending.options.onProvisional?.(response)
      return
    }
    pending.stopRepeating()
    this.#pending.delete(key)
    if (pending.request.method === 'INVITE' && response.status >= 300) this.#refuse(key, pending, response)
    pending.resolve(response)
  }

  #refuse(key: string, { request, options }: Pending, response: SipResponse): void {
    const ack = withSameBranch('ACK', request).set('To', response.get('To') ?? '')
    this.#refused.set(key, ack)
    this.#socket.send(ack, options.to)
  }

  #receiveRepeated(key: string, response: SipResponse): void {
    const ack = this.#refused.get(key)
    if (ack && response.status >= 300) this.#socket.send(ack)
    if (!ack && response.cseq.method === 'INVITE' && response.status >= 200 && response.status < 300) {
      this.events.emit('repeated', response)
    }
  }

  #receiveRequest(request: SipRequest, from: Peer): void {
    const key = keyOf(request)
    if (request.method !== 'ACK' && this.#answers.has(key)) {
      const answer = this.#answers.get(key)
      if (answer) this.#socket.send(answer, from)
      return
    }
    if (request.method !== 'ACK') this.#answers.set(key, undefined)
    this.events.emit('request', request, from)
  }
}

/** ACK to a refusal and CANCEL: the INVITE's Via, numbers and names, and its route (RFC 3261 9.1, 17.1.1.3). */
function withSameBranch(method: 'ACK' | 'CANCEL', invite: SipRequest): SipRequest {
  const headers: [string, string][] = [['Via', invite.topVia.toString()]]
  for (const name of ['Max-Forwards', 'Route', 'From', 'To', 'Call-ID']) {
    for (const value of name === 'Route' ? invite.values(name) : [invite.get(name) ?? '']) headers.push([name, value])
  }
  headers.push(['CSeq', `${invite.cseq.number} ${method}`])
  return SipRequest.create({ method, uri: invite.uri, headers })
}
