import { createHash } from 'node:crypto'
import type { Binding } from '../binding.ts'
import { escapeXml } from './escape-xml.ts'

export const registrationInfoType = 'application/reginfo+xml'

export interface RegistrationInfo {
  /** The account's SIP URI. */
  readonly uri: string
  readonly bindings: readonly Binding[]
  readonly version: number
  readonly nowMs: number
}

/** Where one account is registered: its whole state (RFC 3680 5). */
export function registrationInfoBody({ uri, bindings, version, nowMs }: RegistrationInfo): string {
  const state = bindings.length > 0 ? 'active' : 'terminated'
  const lines = [
    '<?xml version="1.0"?>',
    `<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" version="${version}" state="full">`,
    `<registration aor="${escapeXml(uri)}" id="${idOf(uri)}" state="${state}">`,
    ...bindings.map((binding) => contactElement(binding, nowMs)),
    '</registration>',
    '</reginfo>',
    '',
  ]
  return lines.join('\r\n')
}

function contactElement({ contact, instanceId, expiresAtMs, registeredAtMs, q, callId, cseq }: Binding, nowMs: number) {
  const id = idOf(`${contact} ${instanceId ?? ''}`)
  const registeredS = Math.max(0, Math.floor((nowMs - registeredAtMs) / 1000))
  const expiresS = Math.max(0, Math.ceil((expiresAtMs - nowMs) / 1000))
  return (
    `<contact id="${id}" state="active" event="registered" duration-registered="${registeredS}" expires="${expiresS}"` +
    ` q="${q}" callid="${escapeXml(callId)}" cseq="${cseq}"><uri>${escapeXml(contact)}</uri></contact>`
  )
}

/** RFC 3680 5.2: an id that stays the same from document to document. */
function idOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
