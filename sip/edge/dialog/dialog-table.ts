import type { SipMessage } from '../message/sip-message.ts'
import type { Dialog } from './dialog.ts'

/** All dialogs: by what identifies them on the wire, and by the id the application knows. */
export class DialogTable {
  readonly #byTags = new Map<string, Dialog>()
  readonly #byId = new Map<string, Dialog>()

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
    const other = this.#byId.get(id)
    return other && other.role !== role ? `${id};${role}` : id
  }

  all(): Iterable<Dialog> {
    return this.#byTags.values()
  }

  clear(): void {
    this.#byTags.clear()
    this.#byId.clear()
  }
}

function keyOf({ callId, localTag, remoteTag }: Dialog): string {
  return tagKey(callId, localTag, remoteTag)
}

function tagKey(callId: string, localTag: string, remoteTag: string): string {
  return `${callId}|${localTag}|${remoteTag}`
}
