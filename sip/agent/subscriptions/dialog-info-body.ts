import { escapeXml } from './escape-xml.ts'

/** One call as a busy lamp shows it (RFC 4235 3.7.1); who the other side is stays between the two. */
export interface WatchedDialog {
  readonly id: string
  readonly direction: 'initiator' | 'recipient'
  readonly state: 'trying' | 'early' | 'confirmed' | 'terminated'
}

export const dialogInfoType = 'application/dialog-info+xml'

/**
 * The whole state of one party's calls (RFC 4235 4).
 * @param entity  the party's SIP URI
 * @param version  counts the documents of one subscription from 0
 */
export function dialogInfoBody(dialogs: readonly WatchedDialog[], entity: string, version: number): string {
  const head = [
    '<?xml version="1.0"?>',
    `<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="${version}" state="full" entity="${escapeXml(entity)}">`,
  ]
  const lines = dialogs.map(
    ({ id, direction, state }) =>
      `<dialog id="${escapeXml(id)}" direction="${direction}"><state>${state}</state></dialog>`,
  )
  return [...head, ...lines, '</dialog-info>', ''].join('\r\n')
}
