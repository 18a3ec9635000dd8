import type { CallId, UserId, VoicemailId } from '../core/ids.ts'

/** One message in a user's mailbox. */
export interface Voicemail {
  readonly id: VoicemailId
  /** Whose mailbox it lies in. */
  readonly userId: UserId
  readonly fromNumber: string
  readonly fromName: string
  readonly callId: CallId | undefined
  /** The recording, relative to the data directory. */
  readonly file: string
  readonly durationMs: number
  readonly bytes: number
  readonly receivedAtMs: number
  readonly heardAtMs: number | undefined
}

export interface NewVoicemail {
  readonly userId: UserId
  readonly fromNumber: string
  readonly fromName: string
  readonly callId?: CallId | undefined
  readonly file: string
  readonly durationMs: number
  readonly bytes: number
  readonly receivedAtMs: number
}
