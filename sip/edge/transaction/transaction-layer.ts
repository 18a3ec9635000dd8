import type { SipRequest } from '../message/sip-request.ts'
import type { SipResponse } from '../message/sip-response.ts'
import { ClosedError } from '../../../core/errors.ts'
import { endpointKey, type Flow } from '../transport/flow.ts'
import type { ClientUser } from './invite-client-transaction.ts'
import { InviteClientTransaction } from './invite-client-transaction.ts'
import { InviteServerTransaction } from './invite-server-transaction.ts'
import { NonInviteClientTransaction } from './non-invite-client-transaction.ts'
import { NonInviteServerTransaction } from './non-invite-server-transaction.ts'
import type { Outlet } from './outlet.ts'
import type { TimerQueue } from './timer-queue.ts'
import type { TimerValues } from './timer-values.ts'
import { clientKey, clientKeyOf, mergeKey, serverKey } from './transaction-keys.ts'

export type ServerTransaction = InviteServerTransaction | NonInviteServerTransaction
export type ClientTransaction = InviteClientTransaction | NonInviteClientTransaction
type Peer = Pick<Flow, 'protocol' | 'remoteAddress' | 'remotePort'>

/** What a request that came in means to the transactions. */
export type Arrival =
  /** A new request; its transaction waits for an answer. */
  | { readonly kind: 'new'; readonly transaction: ServerTransaction }
  /** A new request that came over another way before (RFC 3261 8.2.2.2). */
  | { readonly kind: 'merged'; readonly transaction: ServerTransaction }
  /** A new CANCEL, with the transaction it wants to end if there is one (RFC 3261 9.2). */
  | {
      readonly kind: 'cancel'
      readonly transaction: NonInviteServerTransaction
      readonly invite: InviteServerTransaction | undefined
    }
  /** An ACK that belongs to no refused INVITE: that of a 2xx, or a stray one. */
  | { readonly kind: 'ack' }
  /** Seen before and dealt with. */
  | { readonly kind: 'absorbed' }
  /** There are as many transactions as there may be. */
  | { readonly kind: 'overload' }

export interface TransactionCounts {
  readonly inviteServer: number
  readonly inviteClient: number
  readonly nonInviteServer: number
  readonly nonInviteClient: number
  readonly retransmissions: number
}

export interface TransactionLayerOptions {
  readonly timers: TimerQueue
  readonly values: TimerValues
  /** How many server transactions may be open at a time. */
  readonly limit: number
}

/** All open transactions, found by their keys. */
export class TransactionLayer {
  readonly #servers = new Map<string, ServerTransaction>()
  readonly #clients = new Map<string, ClientTransaction>()
  readonly #clientsOfPeer = new Map<string, Set<ClientTransaction>>()
  readonly #merges = new Map<string, ServerTransaction>()
  readonly #options: TransactionLayerOptions
  readonly #serverContext
  readonly #clientContext
  #inviteServers = 0
  #inviteClients = 0
  #retransmissions = 0

  constructor(options: TransactionLayerOptions) {
    this.#options = options
    const { timers, values } = options
    const retransmitted = () => {
      this.#retransmissions++
    }
    this.#serverContext = {
      timers,
      values,
      retransmitted,
      ended: (ended: ServerTransaction) => this.#forgetServer(ended),
    }
    this.#clientContext = {
      timers,
      values,
      retransmitted,
      ended: (ended: ClientTransaction) => this.#forgetClient(ended),
    }
  }

  /** Hands a request to the transaction it belongs to, or opens one whose answers leave by `outlet`. */
  admit(request: SipRequest, outlet: Outlet): Arrival {
    const key = serverKey(request)
    const known = this.#servers.get(key)
    if (known) {
      known.receive(request)
      return { kind: 'absorbed' }
    }
    if (request.method === 'ACK') return { kind: 'ack' }
    if (this.#servers.size >= this.#options.limit) return { kind: 'overload' }
    if (request.method === 'CANCEL') return this.#admitCancel(key, request, outlet)
    return this.#open(key, request, outlet)
  }

  /** Opens the transaction of a request of ours and sends it. The top Via must have a fresh branch. */
  send(request: SipRequest, outlet: Outlet, user: ClientUser): ClientTransaction {
    const key = clientKeyOf(request)
    const isInvite = request.method === 'INVITE'
    const Kind = isInvite ? InviteClientTransaction : NonInviteClientTransaction
    const transaction = new Kind(this.#clientContext, key, request, outlet, user)
    if (isInvite) this.#inviteClients++
    this.#clients.set(key, transaction)
    this.#noteClient(transaction)
    transaction.start()
    return transaction
  }

  /** Hands a response to its transaction; false when there is none. */
  receive(response: SipResponse, flow: Flow): boolean {
    const transaction = this.#clients.get(clientKey(response))
    transaction?.receive(response, flow)
    return transaction !== undefined
  }

  /** A connection has ended: requests that were sent on it will not be answered there (RFC 3261 17.1.4). */
  flowClosed(flow: Flow, error?: Error): void {
    this.#failClients(flow, error ?? new ClosedError('the connection was closed'))
  }

  /** Datagrams to this peer could not be sent. */
  unsent(peer: Peer, error: Error): void {
    this.#failClients(peer, error)
  }

  /** RFC 3261 16: what a proxy forwards may come back by another way without being refused as merged. */
  allowSpiral(request: SipRequest): void {
    this.#merges.delete(mergeKey(request))
  }

  counts(): TransactionCounts {
    return {
      inviteServer: this.#inviteServers,
      inviteClient: this.#inviteClients,
      nonInviteServer: this.#servers.size - this.#inviteServers,
      nonInviteClient: this.#clients.size - this.#inviteClients,
      retransmissions: this.#retransmissions,
    }
  }

  close(): void {
    for (const transaction of this.#servers.values()) transaction.abandon()
    for (const transaction of this.#clients.values()) transaction.abandon()
    this.#servers.clear()
    this.#clients.clear()
    this.#clientsOfPeer.clear()
    this.#merges.clear()
    this.#inviteServers = this.#inviteClients = 0
  }

  #open(key: string, request: SipRequest, outlet: Outlet): Arrival {
    const isInvite = request.method === 'INVITE'
    const Kind = isInvite ? InviteServerTransaction : NonInviteServerTransaction
    const transaction = new Kind(this.#serverContext, key, request, outlet)
    this.#servers.set(key, transaction)
    if (isInvite) this.#inviteServers++
    // Only requests outside dialogs can be forked to us twice; to a registrar a second REGISTER of the same number is the
    // same as the first.
    if (request.to.tag !== undefined || request.method === 'REGISTER') return { kind: 'new', transaction }
    const merge = mergeKey(request)
    const kind = this.#merges.has(merge) ? 'merged' : 'new'
    if (kind === 'new') this.#merges.set(merge, transaction)
    transaction.mergeKey = kind === 'new' ? merge : undefined
    return { kind, transaction }
  }

  #admitCancel(key: string, request: SipRequest, outlet: Outlet): Arrival {
    const transaction = new NonInviteServerTransaction(this.#serverContext, key, request, outlet)
    this.#servers.set(key, transaction)
    const invite = this.#servers.get(serverKey(request, 'INVITE'))
    return { kind: 'cancel', transaction, invite: invite?.kind === 'invite-server' ? invite : undefined }
  }

  #failClients(peer: Peer, error: Error): void {
    for (const transaction of [...(this.#clientsOfPeer.get(peerKey(peer)) ?? [])]) transaction.sendFailed(error)
  }

  #forgetServer(transaction: ServerTransaction): void {
    if (!this.#servers.delete(transaction.key)) return
    if (transaction.kind === 'invite-server') this.#inviteServers--
    const merge = transaction.mergeKey
    if (merge !== undefined && this.#merges.get(merge) === transaction) this.#merges.delete(merge)
  }

  #forgetClient(transaction: ClientTransaction): void {
    if (!this.#clients.delete(transaction.key)) return
    if (transaction.kind === 'invite-client') this.#inviteClients--
    const { peer } = transaction.outlet
    const ofPeer = peer === undefined ? undefined : this.#clientsOfPeer.get(peer)
    if (!ofPeer?.delete(transaction) || ofPeer.size > 0 || peer === undefined) return
    this.#clientsOfPeer.delete(peer)
  }

  #noteClient(transaction: ClientTransaction): void {
    const { peer } = transaction.outlet
    if (peer === undefined) return
    const ofPeer = this.#clientsOfPeer.get(peer)
    if (ofPeer) ofPeer.add(transaction)
    else this.#clientsOfPeer.set(peer, new Set([transaction]))
  }
}

function peerKey({ protocol, remoteAddress, remotePort }: Peer): string {
  return endpointKey(protocol, remoteAddress, remotePort)
}
