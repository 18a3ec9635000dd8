import type { Clock, Timer } from '../core/clock.ts'
import type { CollectOptions, Digits } from './collect.ts'
import type { Endpoint } from './endpoint.ts'

const defaultFirstDigitMs = 5000
const defaultInterDigitMs = 3000

/** Collecting over what any endpoint can do: play and digit events. */
export async function collectDigits(
  endpoint: Pick<Endpoint, 'events' | 'play'>,
  options: CollectOptions,
  clock: Clock,
): Promise<Digits> {
  const attempts = 1 + (options.retries ?? 0)
  for (let attempt = 1; ; attempt++) {
    const digits = await new Collection(endpoint, options, clock).run()
    const isFinal = digits.isValid || digits.endedBy === 'stop' || digits.endedBy === 'closed'
    if (isFinal || attempt >= attempts) return digits
    if (options.invalidPrompt) {
      await endpoint.play(options.invalidPrompt, options.signal ? { signal: options.signal } : {})
    }
  }
}

/** One attempt. */
class Collection {
  readonly #endpoint: Pick<Endpoint, 'events' | 'play'>
  readonly #options: CollectOptions
  readonly #clock: Clock
  readonly #promptStop = new AbortController()
  #digits = ''
  #isPrompting = false
  #timer: Timer | undefined
  #resolve: (digits: Digits) => void = () => undefined
  #reject: (error: unknown) => void = () => undefined

  constructor(endpoint: Pick<Endpoint, 'events' | 'play'>, options: CollectOptions, clock: Clock) {
    this.#endpoint = endpoint
    this.#options = options
    this.#clock = clock
  }

  async run(): Promise<Digits> {
    const { events } = this.#endpoint
    const stop = () => this.#end('stop')
    const { signal } = this.#options
    const ended = new Promise<Digits>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    const offs = [events.on('digit', ({ digit }) => this.#digit(digit)), events.on('closed', () => this.#end('closed'))]
    signal?.addEventListener('abort', stop, { once: true })
    if (signal?.aborted) stop()
    else void this.#prompt()
    try {
      return await ended
    } finally {
      for (const off of offs) off()
      signal?.removeEventListener('abort', stop)
      this.#timer?.cancel()
      this.#promptStop.abort()
    }
  }

  async #prompt(): Promise<void> {
    const { prompt } = this.#options
    try {
      this.#isPrompting = prompt !== undefined
      if (prompt) await this.#endpoint.play(prompt, { signal: this.#promptStop.signal })
    } catch (error) {
      return this.#reject(error)
    }
    this.#isPrompting = false
    if (this.#digits === '') this.#wait(this.#options.firstDigitMs ?? defaultFirstDigitMs)
  }

  #digit(digit: string): void {
    if (this.#isPrompting && this.#options.bargeIn === false) return
    this.#promptStop.abort()
    if (this.#options.terminators?.includes(digit)) return this.#end('terminator', digit)
    this.#digits += digit
    if (this.#digits.length >= this.#options.max) return this.#end('max')
    this.#wait(this.#options.interDigitMs ?? defaultInterDigitMs)
  }

  #wait(ms: number): void {
    this.#timer?.cancel()
    this.#timer = this.#clock.after(ms, () => this.#end('timeout'))
  }

  #end(endedBy: Digits['endedBy'], terminator?: string): void {
    const digits = this.#digits
    const { pattern, min = 1 } = this.#options
    const isValid = digits.length >= min && (pattern === undefined || digits.search(pattern) === 0)
    this.#resolve({ digits, isValid, endedBy, ...(terminator === undefined ? {} : { terminator }) })
  }
}
