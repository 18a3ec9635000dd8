import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { systemCodeOf } from '../core/errors.ts'
import type { CallId, UserId } from '../core/ids.ts'
import { newId } from '../core/ids.ts'

/** Everything the row of a message needs but its length, written down before the recording starts. */
export interface DraftNote {
  readonly mailbox: UserId
  readonly callId: CallId
  readonly fromNumber: string
  readonly fromName: string
  readonly receivedAtMs: number
}

/** A recording that runs, or that a crash left behind. */
export interface Draft {
  readonly note: DraftNote
  /** Absolute path of the WAV file being written. */
  readonly file: string
  readonly noteFile: string
}

const noteSchema = z.object({
  mailbox: z.string().transform((id) => id as UserId),
  callId: z.string().transform((id) => id as CallId),
  fromNumber: z.string(),
  fromName: z.string(),
  receivedAtMs: z.number(),
})

/** Where recordings lie: drafts while they are made, then one folder for each mailbox, all below the data directory. */
export class MessageDrafts {
  readonly #dataDir: string

  constructor(dataDir: string) {
    this.#dataDir = dataDir
  }

  get #draftsDir(): string {
    return path.join(this.#dataDir, 'voicemail', 'drafts')
  }

  async open(note: DraftNote): Promise<Draft> {
    await mkdir(this.#draftsDir, { recursive: true, mode: 0o700 })
    const base = path.join(this.#draftsDir, newId('voicemail'))
    const draft = { note, file: `${base}.wav`, noteFile: `${base}.json` }
    await writeFile(draft.noteFile, JSON.stringify(note), { mode: 0o600 })
    return draft
  }

  /** Moves the recording into its mailbox; returns its path relative to the data directory. */
  async keep(draft: Draft): Promise<string> {
    const relative = keptPath(draft)
    const kept = path.join(this.#dataDir, relative)
    await mkdir(path.dirname(kept), { recursive: true, mode: 0o700 })
    // After a crash between here and the row, the recording lies in its mailbox already.
    if (await exists(draft.file)) await rename(draft.file, kept)
    return relative
  }

  /** Forgets the note once the row is stored, or the whole draft when nothing was said. */
  async close(draft: Draft): Promise<void> {
    await Promise.all([rm(draft.noteFile, { force: true }), rm(draft.file, { force: true })])
  }

  /** What an earlier run of this program did not finish. */
  async leftBehind(): Promise<readonly Draft[]> {
    const drafts: Draft[] = []
    for (const name of await this.#names()) {
      if (!name.endsWith('.json')) continue
      const noteFile = path.join(this.#draftsDir, name)
      const note = await readNote(noteFile)
      if (note) drafts.push({ note, noteFile, file: noteFile.replace(/\.json$/, '.wav') })
    }
    return drafts
  }

  /** The size of a draft's recording in bytes; undefined when there is none. */
  async sizeOf(draft: Draft): Promise<number | undefined> {
    return (await fileSize(draft.file)) ?? (await fileSize(path.join(this.#dataDir, keptPath(draft))))
  }

  async #names(): Promise<readonly string[]> {
    try {
      return await readdir(this.#draftsDir)
    } catch (thrown) {
      if (systemCodeOf(thrown) === 'ENOENT') return []
      throw thrown
    }
  }
}

function keptPath(draft: Draft): string {
  return path.join('voicemail', draft.note.mailbox, path.basename(draft.file))
}

async function exists(file: string): Promise<boolean> {
  return (await fileSize(file)) !== undefined
}

async function fileSize(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size
  } catch {
    return undefined
  }
}

async function readNote(file: string): Promise<DraftNote | undefined> {
  try {
    return noteSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    // Cut off in the middle of writing: the recording had not started.
    return undefined
  }
}
