/** Something that can be played. */
export type Source =
  /** A WAV file (8 to 48 kHz, 16 bit PCM or G.711); `fromMs` seeks into it. */
  | { readonly kind: 'file'; readonly path: string; readonly fromMs?: number }
  /**
   * Tones in FreeSWITCH's `tone_stream` notation without the prefix, for example `%(400,200,440,480)` (on ms, off ms, Hz…)
   * or `v=-20;L=3;%(250,250,425)`. `v` is the level in dB.
   */
  | { readonly kind: 'tone'; readonly spec: string }
  | { readonly kind: 'silence'; readonly ms: number }

/** How a source or a list of sources is played. */
export interface PlayOptions {
  /** How many times the whole list is played; `Infinity` until stopped. Default 1. */
  readonly loop?: number
  /** Stops the play; the promise then resolves with `endedBy: 'stop'`. */
  readonly signal?: AbortSignal
}

export interface PlayResult {
  /**
   * `end`: played to its end; `stop`: by the signal; `replaced`: another play began on the same endpoint;
   * `closed`: the endpoint or the conference ended, or the engine died.
   */
  readonly endedBy: 'end' | 'stop' | 'replaced' | 'closed'
  readonly playedMs: number
}
