import { promptFile } from '../config/prompts/prompt-file.ts'
import type { PromptId } from '../config/prompts/english.ts'
import type { Mailboxes, MailboxVisit } from '../calls/ports.ts'
import type { Clock } from '../core/clock.ts'
import { asError } from '../core/errors.ts'
import type { UserId, VoicemailId } from '../core/ids.ts'
import type { Logger } from '../core/logger.ts'
import type { PlayResult, Source } from '../media/source.ts'
import type { NewVoicemail, Voicemail } from '../store/voicemail.ts'
import { digitPrompts } from './digit-prompts.ts'
import { MessageDrafts, type Draft } from './message-drafts.ts'
import { messageVerdict } from './message-verdict.ts'
import path from 'node:path'

export interface VoicemailRows {
  create(voicemail: NewVoicemail): Promise<Voicemail>
  newest(userId: UserId): Promise<Voicemail | undefined>
  markHeard(id: VoicemailId, atMs: number | null): Promise<Voicemail>
}

export interface VoicemailDeps {
  readonly rows: VoicemailRows
  readonly dataDir: string
  /** The longest message. */
  readonly maxSeconds: number
  readonly clock: Clock
  readonly log: Logger
}

/** The rules of one message. */
export const messageRules = {
  /** This much silence in a row means that the caller has finished. */
  silenceMs: 8000,
  /** Shorter is a caller who hung up at the tone. */
  minMs: 1000,
} as const

/** Leaving and hearing messages, on an answered call. */
export class VoicemailService implements Mailboxes {
  readonly #deps: VoicemailDeps
  readonly #drafts: MessageDrafts

  constructor(deps: VoicemailDeps) {
    this.#deps = deps
    this.#drafts = new MessageDrafts(deps.dataDir)
  }

  async leave(visit: MailboxVisit): Promise<VoicemailId | undefined> {
    if (!(await this.#say(visit, 'voicemail-greeting'))) return undefined
    const draft = await this.#drafts.open({ ...noteOf(visit), receivedAtMs: this.#deps.clock.now() })
    const recorded = await visit.endpoint.record(draft.file, {
      maxMs: this.#deps.maxSeconds * 1000,
      silenceMs: messageRules.silenceMs,
      terminators: '#',
      beep: true,
      signal: visit.gone,
    })
    if (recorded.error) this.#deps.log.error({ err: recorded.error, callId: visit.callId }, 'a voicemail broke off')
    const verdict = messageVerdict(recorded, messageRules)
    if (verdict === 'nothing') await this.#drafts.close(draft)
    const id = verdict === 'message' ? await this.#store(draft, recorded) : undefined
    await this.#say(visit, id ? 'voicemail-saved' : 'voicemail-too-short', 'goodbye')
    return id
  }

  async listen(visit: MailboxVisit): Promise<void> {
    const newest = await this.#deps.rows.newest(visit.mailbox)
    if (!newest) {
      await this.#say(visit, 'voicemail-none', 'goodbye')
      return
    }
    if (!(await this.#say(visit, 'voicemail-from', ...callerPrompts(newest)))) return
    const file = path.join(this.#deps.dataDir, newest.file)
    const played = await this.#play(visit, [{ kind: 'file', path: file }])
    if (!played) {
      await this.#say(visit, 'call-failed')
      return
    }
    if (played.endedBy !== 'end') return
    await this.#deps.rows.markHeard(newest.id, this.#deps.clock.now())
    await this.#say(visit, 'voicemail-end-of-message', 'goodbye')
  }

  /** Stores what was being recorded when the program last ended; returns how many messages were saved that way. */
  async recover(): Promise<number> {
    let saved = 0
    for (const draft of await this.#drafts.leftBehind()) {
      const bytes = await this.#drafts.sizeOf(draft)
      const durationMs = bytes === undefined ? 0 : durationOf(bytes)
      if (bytes === undefined || durationMs < messageRules.minMs) {
        await this.#drafts.close(draft)
        continue
      }
      try {
        await this.#store(draft, { durationMs, bytes })
        saved++
      } catch (thrown) {
        // Its mailbox may be gone; the files stay for a person to look at.
        this.#deps.log.error({ err: asError(thrown), file: draft.file }, 'a voicemail could not be recovered')
      }
    }
    return saved
  }

  async #store(draft: Draft, recorded: { durationMs: number; bytes: number }): Promise<VoicemailId> {
    const { mailbox: userId, callId, fromNumber, fromName, receivedAtMs } = draft.note
    const file = await this.#drafts.keep(draft)
    const { durationMs, bytes } = recorded
    const row = await this.#deps.rows.create({
      userId,
      callId,
      fromNumber,
      fromName,
      receivedAtMs,
      file,
      durationMs,
      bytes,
    })
    await this.#drafts.close(draft)
    return row.id
  }

  /** False when the caller was gone before the end. */
  async #say(visit: MailboxVisit, ...prompts: readonly PromptId[]): Promise<boolean> {
    const sources = prompts.map((id): Source => ({ kind: 'file', path: promptFile(id) }))
    const played = await this.#play(visit, sources)
    return !visit.gone.aborted && played?.endedBy !== 'closed'
  }

  /** Undefined when it cannot be played: the call goes on without it. */
  async #play(visit: MailboxVisit, sources: readonly Source[]): Promise<PlayResult | undefined> {
    if (visit.gone.aborted) return { endedBy: 'stop', playedMs: 0 }
    try {
      return await visit.endpoint.play(sources, { signal: visit.gone })
    } catch (thrown) {
      this.#deps.log.error({ err: asError(thrown), callId: visit.callId }, 'a sound could not be played')
      return undefined
    }
  }
}

function noteOf({ mailbox, callId, fromNumber, fromName }: MailboxVisit) {
  return { mailbox, callId, fromNumber, fromName }
}

function callerPrompts(message: Voicemail): readonly PromptId[] {
  const digits = digitPrompts(message.fromNumber)
  return digits.length > 0 ? digits : ['anonymous-caller']
}

/** Recordings are 8 kHz, 16 bit, mono, behind a header of 44 bytes. */
function durationOf(bytes: number): number {
  return Math.max(0, (bytes - 44) / 16)
}
