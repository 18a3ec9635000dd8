import type { Source } from './source.ts'

export interface CollectOptions {
  /** Played first; a digit stops it unless `bargeIn` is false. */
  readonly prompt?: Source | readonly Source[]
  /** Digits pressed during the prompt stop it and count. Default true; false: they are ignored until the prompt ended. */
  readonly bargeIn?: boolean
  /** Fewer digits are not valid. Default 1. */
  readonly min?: number
  /** Ends at once with that many digits. */
  readonly max: number
  /** Keys that end the collection and are not part of the digits, for example `#`. Default none. */
  readonly terminators?: string
  /** From the prompt's end to the first digit. Default 5,000. */
  readonly firstDigitMs?: number
  /** From one digit to the next. Default 3,000. */
  readonly interDigitMs?: number
  /** What all the digits must match to be valid. */
  readonly pattern?: RegExp
  /** How many times more the prompt is played after an invalid or empty entry. Default 0. */
  readonly retries?: number
  /** Played before each retry, instead of nothing. */
  readonly invalidPrompt?: Source | readonly Source[]
  /** Stops collecting; resolves with what was pressed so far and `endedBy: 'stop'`. */
  readonly signal?: AbortSignal
}

export interface Digits {
  readonly digits: string
  /** At least `min` digits, and the pattern matches. */
  readonly isValid: boolean
  /** `timeout`: no (further) digit came in time. */
  readonly endedBy: 'max' | 'terminator' | 'timeout' | 'stop' | 'closed'
  readonly terminator?: string
}
