/** The rules of a message recording: one party, mono WAV, 8 kHz, 16 bit. */
export interface RecordOptions {
  /** The longest recording; ends with `limit`. */
  readonly maxMs: number
  /** Ends after that much silence in a row; never when left out. */
  readonly silenceMs?: number
  /** Keys that end the recording, for example `#` or `0123456789*#`; none when left out. */
  readonly terminators?: string
  /** A short tone before the recording starts. Default false. */
  readonly beep?: boolean
  /** Stops the recording; the promise then resolves with `endedBy: 'stop'`. */
  readonly signal?: AbortSignal
}

export interface RecordResult {
  /** What is in the file: playable whatever ended the recording. */
  readonly durationMs: number
  /** The size of the file, its header included. */
  readonly bytes: number
  /** `closed`: the endpoint ended (hang-up) or the engine died; `failed`: the file could not be written, see `error`. */
  readonly endedBy: 'silence' | 'key' | 'limit' | 'stop' | 'closed' | 'failed'
  /** The key that ended it. */
  readonly key?: string
  readonly error?: Error
}

/** The rules of a session recording: both parties, stereo WAV, the endpoint's own party left, what it hears right. */
export interface RecordSessionOptions {
  readonly maxMs?: number
  /** Ends the recording like `stop()`. */
  readonly signal?: AbortSignal
}

/** A session recording that runs; it goes on over hold, bridge changes and re-negotiation until stopped or the endpoint closes. */
export interface Recording {
  readonly file: string
  /** Silence is written while paused, so that times in the file stay times of the call. */
  pause(): void
  resume(): void
  stop(): Promise<RecordResult>
  /** Resolves when the recording ended, whatever ended it. */
  readonly ended: Promise<RecordResult>
}
