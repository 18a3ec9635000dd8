import type { SipMessage } from '../message/sip-message.ts'
import type { SipRequest } from '../message/sip-request.ts'
import type { Flow } from '../transport/flow.ts'
import type { Dialog } from './dialog.ts'

type NotifyTaker = (notify: SipRequest, flow: Flow) => Dialog

/** All dialogs: by what identifies them on the wire, and by the id the application knows. */
export class DialogTable {
  readonly #byTags = new Map<string, Dialog>()
  readonly #byId = new Map<string, Dialog>()
  readonly #claimed = new Map<string, Dialog['role']>()
  readonly #expected = new Map<string, NotifyTaker>()

  get size(): number {
    return this.#byTags.size
  }

  /** A dialog that is added later takes over the id of an early one of the same fork. */
  add(dialog: Dialog): void {
    this.#byTags.set(keyOf(dialog), dialog)
    this.#byId.set(dialog.id, dialog)
  }

  /** A dialog that the application does not know. */
  addUnnamed(dialog: Dialog): void {
    this.#byTags.set(keyOf(dialog), dialog)
  }

  remove(dialog: Dialog): void {
    dialog.state = 'terminated'
    dialog.sessionTimer?.stop()
    const key = keyOf(dialog)
    if (this.#byTags.get(key) === dialog) this.#byTags.delete(key)
    if (this.#byId.get(dialog.id) === dialog) this.#byId.delete(dialog.id)
  }

  findById(id: string): Dialog | undefined {
    return this.#byId.get(id)
  }

  /** The dialog that a request from the network belongs to (RFC 3261 12.2.2). */
  findForRequest(request: SipMessage): Dialog | undefined {
    const localTag = request.to.tag
    if (localTag === undefined) return undefined
    return this.#byTags.get(tagKey(request.callId, localTag, request.from.tag ?? ''))
  }

  /** The dialog that a response to a request of ours belongs to (RFC 3261 12.1.2). */
  findForResponse(response: SipMessage): Dialog | undefined {
    return this.#byTags.get(tagKey(response.callId, response.from.tag ?? '', response.to.tag ?? ''))
  }

  /**
   * The id under which the application knows a dialog: as drachtio-server writes it, made unique when both ends of a call
   * are here.
   */
  idFor(callId: string, fromTag: string, role: Dialog['role']): string {
    const id = `${callId};from-tag=${fromTag}`
    const taken = this.#byId.get(id)?.role ?? this.#claimed.get(id)
    return taken !== undefined && taken !== role ? `${id};${role}` : id
  }

  /** The dialogs that an INVITE of ours may make will have this id. */
  claim(id: string): void {
    this.#claimed.set(id, 'uac')
  }

  /** The INVITE has its final answer. */
  unclaim(id: string): void {
    this.#claimed.delete(id)
  }

  /** A SUBSCRIBE or REFER of ours is out: `take` makes its dialog when a NOTIFY comes before the answer. */
  expectNotify(request: SipMessage, take: NotifyTaker): void {
    this.#expected.set(expectedKey(request.callId, request.from.tag), take)
  }

  expectNoNotify(request: SipMessage): void {
    this.#expected.delete(expectedKey(request.callId, request.from.tag))
  }

  /** The dialog that this NOTIFY makes, if it was expected. */
  takeNotify(notify: SipRequest, flow: Flow): Dialog | undefined {
    return this.#expected.get(expectedKey(notify.callId, notify.to.tag))?.(notify, flow)
  }

  all(): Iterable<Dialog> {
    return this.#byTags.values()
  }

  clear(): void {
    this.#byTags.clear()
    this.#byId.clear()
    this.#claimed.clear()
    this.#expected.clear()
  }
}

function keyOf({ callId, localTag, remoteTag }: Dialog): string {
  return tagKey(callId, localTag, remoteTag)
}

function tagKey(callId: string, localTag: string, remoteTag: string): string {
  return `${callId}|${localTag}|${remoteTag}`
}

function expectedKey(callId: string, ourTag: string | undefined): string {
  return `${callId}|${ourTag ?? ''}`
}
