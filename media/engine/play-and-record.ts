import { MediaClosed, MediaServerDied } from '../media-errors.ts'
import type { Recording, RecordOptions, RecordResult, RecordSessionOptions } from '../recording.ts'
import type { PlayOptions, PlayResult, Source } from '../source.ts'
import type { LineNumber, Target } from './protocol.ts'
import type { ThreadLink } from './thread-link.ts'

/** A play that the engine's end cuts off has an outcome, not an exception. */
export async function playOn(
  link: ThreadLink,
  target: Target,
  source: Source | readonly Source[],
  { loop = 1, signal }: PlayOptions,
): Promise<PlayResult> {
  const sources = 'kind' in source ? [source] : source
  try {
    return await link.ask('play', { target, sources, loop }, { signal })
  } catch (error) {
    if (isEnd(error)) return { endedBy: 'closed', playedMs: 0 }
    throw error
  }
}

export async function recordOn(
  link: ThreadLink,
  target: Target,
  file: string,
  { maxMs, silenceMs, terminators = '', beep = false, signal }: RecordOptions,
): Promise<RecordResult> {
  const rules = { maxMs, silenceMs, terminators, beep }
  return orClosed(link.ask('record', { target, file, rules }, { signal }))
}

/** Starts the recording of a line's conversation. */
export function startRecording(
  link: ThreadLink,
  line: LineNumber,
  file: string,
  { maxMs = Infinity, signal }: RecordSessionOptions,
): Recording {
  const stop = new AbortController()
  let pause: (on: boolean) => void = () => undefined
  const ended = orClosed(
    link.ask(
      'record-session',
      { line, file, maxMs },
      {
        signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
        onPause: (setPause) => (pause = setPause),
      },
    ),
  )
  return {
    file,
    ended,
    pause: () => pause(true),
    resume: () => pause(false),
    stop: () => {
      stop.abort()
      return ended
    },
  }
}

async function orClosed(recorded: Promise<RecordResult>): Promise<RecordResult> {
  try {
    return await recorded
  } catch (error) {
    if (isEnd(error)) return { endedBy: 'closed', durationMs: 0, bytes: 0 }
    throw error
  }
}

function isEnd(error: unknown): boolean {
  return error instanceof MediaClosed || error instanceof MediaServerDied
}
