import type { ApiKeyId, CallId, DeviceId, UserId, VoicemailId } from '../core/ids.ts'
import type { TypedEmitter } from '../core/typed-emitter.ts'

/** What was created, changed or removed, told after the commit, so that what is kept in memory can follow. */
export interface DatabaseChanges {
  user: [id: UserId]
  device: [id: DeviceId, userId: UserId]
  extension: [number: string]
  call: [id: CallId]
  voicemail: [id: VoicemailId, userId: UserId]
  apiKey: [id: ApiKeyId]
  setting: [key: string]
  /** Work was added to the outbox. */
  outbox: []
}

export type ChangeEmitter = TypedEmitter<{ [Name in keyof DatabaseChanges]: DatabaseChanges[Name] }>
