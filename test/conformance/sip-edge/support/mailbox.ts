import { within } from './within.ts'

/** What arrives, kept until somebody asks for it; each thing is taken once. */
export class Mailbox<T> {
  readonly #items: T[] = []
  readonly #waiting: { readonly fits: (item: T) => boolean; readonly take: (item: T) => void }[] = []

  put(item: T): void {
    const at = this.#waiting.findIndex(({ fits }) => fits(item))
    if (at >= 0) this.#waiting.splice(at, 1)[0]?.take(item)
    else this.#items.push(item)
  }

  /** Takes the first thing that fits, now or when it comes. */
  take(what: string, fits: (item: T) => boolean = () => true, ms = 5_000): Promise<T> {
    const at = this.#items.findIndex(fits)
    if (at >= 0) return Promise.resolve(this.#items.splice(at, 1)[0] as T)
    const taken = new Promise<T>((resolve) => this.#waiting.push({ fits, take: resolve }))
    return within(ms, () => `${what}; there is: ${this.#items.map(String).join('\n---\n')}`, taken)
  }

  /** What is here and was not taken. */
  get left(): readonly T[] {
    return this.#items
  }
}
