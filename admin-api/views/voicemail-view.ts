import type { Voicemail } from '../../store/voicemail.ts'
import { apiPrefix } from '../contracts/contract.ts'
import type { VoicemailView } from '../contracts/voicemails.ts'
import { isoTime, optionalIsoTime } from './iso-time.ts'

export function voicemailView(voicemail: Voicemail): VoicemailView {
  return {
    id: voicemail.id,
    userId: voicemail.userId,
    fromNumber: voicemail.fromNumber,
    fromName: voicemail.fromName,
    callId: voicemail.callId ?? null,
    durationSeconds: voicemail.durationMs / 1000,
    bytes: voicemail.bytes,
    receivedAt: isoTime(voicemail.receivedAtMs),
    heardAt: optionalIsoTime(voicemail.heardAtMs),
    audioUrl: `${apiPrefix}/voicemails/${voicemail.id}/audio`,
  }
}
