import type { AppConnection } from '../control/app-connection.ts'
import type { SipMessage } from '../message/sip-message.ts'
import type { SipRequest } from '../message/sip-request.ts'
import type { SipResponse } from '../message/sip-response.ts'
import type { Flow } from '../transport/flow.ts'
import type { Outlet } from '../transaction/outlet.ts'
import type { RepeatedAnswer } from './repeated-answer.ts'
import type { SessionTimer } from './session-timer.ts'

export type DialogState = 'early' | 'confirmed' | 'terminated'

export interface DialogParts {
  readonly id: string
  readonly role: 'uac' | 'uas'
  /** The method that made it. */
  readonly method: string
  readonly callId: string
  readonly localTag: string
  /** Empty when the far end sends none (RFC 2543). */
  readonly remoteTag: string
  /** The From of our requests, with the tag. */
  readonly localParty: string
  /** The To of our requests, with the tag. */
  readonly remoteParty: string
  /** In the order in which our requests take them. */
  readonly routeSet: readonly string[]
  readonly remoteTarget: string
  readonly localSeq: number
  readonly remoteSeq: number | undefined
  readonly localContact: string
  /** The way on which the far end speaks to us. */
  readonly flow: Flow
  /** The id of the transaction that made it, on the control connection. */
  readonly transactionId: string
  /** The application that controls it. */
  readonly app: AppConnection
}

/** An answer of ours that the far end has yet to acknowledge. */
export interface Unacknowledged {
  readonly seq: number
  readonly transactionId: string
  readonly repeated: RepeatedAnswer
}

/** An INVITE of ours with a 2xx; the ACK is sent again for every repetition of that. */
export interface AnsweredInvite {
  readonly seq: number
  readonly ack?: { readonly outlet: Outlet; readonly bytes: Buffer }
}

/** One side of a dialog (RFC 3261 12). Early dialogs of a forked request share `id`; tags tell them apart. */
export class Dialog {
  readonly id: string
  readonly role: 'uac' | 'uas'
  readonly method: string
  readonly callId: string
  readonly localTag: string
  readonly remoteTag: string
  readonly localParty: string
  readonly transactionId: string
  readonly app: AppConnection
  localContact: string
  remoteParty: string
  routeSet: readonly string[]
  remoteTarget: string
  localSeq: number
  remoteSeq: number | undefined
  flow: Flow
  state: DialogState = 'early'
  /** Whose INVITE is without a final answer (RFC 3261 14). */
  inviteInProgress: 'none' | 'ours' | 'theirs' = 'none'
  isUpdateInProgress = false
  /** Our 2xx to an INVITE. */
  unacknowledged: Unacknowledged | undefined
  /** Our INVITE that was answered: its number, and the ACK once there is one. */
  answeredInvite: AnsweredInvite | undefined
  sessionTimer: SessionTimer | undefined
  /** The session description we sent last. */
  localSdp: Buffer | undefined
  takesUpdate = false
  /** The number of the far end's last reliable provisional answer (RFC 3262 4). */
  remoteRSeq: number | undefined
  /** Our INVITE was answered after we had cancelled it. */
  isCancelled = false

  constructor(parts: DialogParts) {
    this.id = parts.id
    this.role = parts.role
    this.method = parts.method
    this.callId = parts.callId
    this.localTag = parts.localTag
    this.remoteTag = parts.remoteTag
    this.localParty = parts.localParty
    this.remoteParty = parts.remoteParty
    this.routeSet = parts.routeSet
    this.remoteTarget = parts.remoteTarget
    this.localSeq = parts.localSeq
    this.remoteSeq = parts.remoteSeq
    this.localContact = parts.localContact
    this.flow = parts.flow
    this.transactionId = parts.transactionId
    this.app = parts.app
  }

  /** The number of the next request of ours. */
  nextSeq(): number {
    return ++this.localSeq
  }

  /** Takes the far end's new Contact (RFC 3261 12.2.1.2, 12.2.2). */
  refreshTarget(message: SipMessage): void {
    this.remoteTarget = targetOf(message) ?? this.remoteTarget
  }
}

interface Making {
  readonly id: string
  readonly localContact: string
  readonly flow: Flow
  readonly transactionId: string
  readonly app: AppConnection
}

/** The dialog that our answer to a request makes (RFC 3261 12.1.1). */
export function dialogOfServer(request: SipRequest, localTag: string, making: Making): Dialog {
  const { from, to } = request
  return new Dialog({
    ...making,
    role: 'uas',
    method: request.method,
    callId: request.callId,
    localTag,
    remoteTag: from.tag ?? '',
    localParty: to.tag === undefined ? to.withTag(localTag).toString() : to.toString(),
    remoteParty: from.toString(),
    routeSet: request.values('Record-Route'),
    remoteTarget: targetOf(request) ?? from.uri,
    // Our own requests count on from the far end's number, as drachtio-server's do.
    localSeq: request.cseq.number,
    remoteSeq: request.cseq.number,
  })
}

/** The dialog that an answer to our request makes (RFC 3261 12.1.2). */
export function dialogOfClient(request: SipRequest, response: SipResponse, making: Making): Dialog {
  return new Dialog({
    ...making,
    role: 'uac',
    method: request.method,
    callId: request.callId,
    localTag: request.from.tag ?? '',
    remoteTag: response.to.tag ?? '',
    localParty: request.from.toString(),
    remoteParty: response.to.toString(),
    routeSet: response.values('Record-Route').reverse(),
    remoteTarget: targetOf(response) ?? request.uri,
    localSeq: request.cseq.number,
    remoteSeq: undefined,
  })
}

/** The dialog that the first NOTIFY makes, when it comes before the answer to our request (RFC 6665 4.4.1). */
export function dialogOfNotify(request: SipRequest, notify: SipRequest, making: Making): Dialog {
  return new Dialog({
    ...making,
    role: 'uac',
    method: request.method,
    callId: request.callId,
    localTag: request.from.tag ?? '',
    remoteTag: notify.from.tag ?? '',
    localParty: request.from.toString(),
    remoteParty: notify.from.toString(),
    routeSet: notify.values('Record-Route'),
    remoteTarget: targetOf(notify) ?? request.uri,
    localSeq: request.cseq.number,
    remoteSeq: undefined,
  })
}

/** The Contact as a Request-URI, which has no header part (RFC 3261 19.1.1); undefined when it cannot be one. */
function targetOf(message: SipMessage): string | undefined {
  const contact = message.contacts[0]
  if (!contact?.sip) return undefined
  return contact.sip.headers === '' ? contact.uri : contact.sip.with({ headers: '' }).toString()
}
