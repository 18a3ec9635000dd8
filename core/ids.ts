import { randomFillSync } from 'node:crypto'
import { monotonicFactory } from 'ulid'

declare const brand: unique symbol

/** A value that looks like `T` but cannot be mixed up with another one of its kind. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }

export type UserId = Brand<string, 'UserId'>
export type DeviceId = Brand<string, 'DeviceId'>
export type CallId = Brand<string, 'CallId'>
export type LegId = Brand<string, 'LegId'>
export type MailboxId = Brand<string, 'MailboxId'>
export type VoicemailId = Brand<string, 'VoicemailId'>
export type SessionId = Brand<string, 'SessionId'>
export type ApiKeyId = Brand<string, 'ApiKeyId'>
export type JobId = Brand<string, 'JobId'>
export type AuditEntryId = Brand<string, 'AuditEntryId'>
/** The value of a SIP Call-ID header (RFC 3261 8.1.1.4): one per leg, not one per call. */
export type SipCallId = Brand<string, 'SipCallId'>
/** A dialable internal number, for example `1001`. */
export type Extension = Brand<string, 'Extension'>

const prefixes = {
  user: 'usr',
  device: 'dev',
  call: 'call',
  leg: 'leg',
  mailbox: 'mbx',
  voicemail: 'vm',
  session: 'ses',
  apiKey: 'key',
  job: 'job',
  auditEntry: 'aud',
  request: 'req',
  endpoint: 'ep',
} as const

interface IdOf {
  user: UserId
  device: DeviceId
  call: CallId
  leg: LegId
  mailbox: MailboxId
  voicemail: VoicemailId
  session: SessionId
  apiKey: ApiKeyId
  job: JobId
  auditEntry: AuditEntryId
  request: string
  endpoint: string
}

const pool = new Uint8Array(4096)
let used = pool.length

/** One random byte as a fraction: ulid asks for many, and each question to the system has its price. */
function randomFraction(): number {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  return (pool[used++] ?? 0) / 256
}

const nextUlid = monotonicFactory(randomFraction)

/** A new id such as `usr_01hf…`: a ULID, so ids sort by the time they were made. */
export function newId<K extends keyof IdOf>(kind: K): IdOf[K] {
  return `${prefixes[kind]}_${nextUlid().toLowerCase()}` as IdOf[K]
}
