import { patienceMs, Unmet, within } from './within.ts'

export interface MilestonesOptions<Name> {
  /** Names the owner in errors. */
  readonly whose: () => string
  /** Lines for errors that help to understand them, as the messages so far. */
  readonly story: () => string
  /** After this one nothing comes any more. */
  readonly last?: Name
}

/** What has happened, by name with its detail, and waiting for what has yet to happen. */
export class Milestones<Details extends Record<string, unknown>> {
  readonly #options: MilestonesOptions<keyof Details>
  readonly #reached: { name: keyof Details; detail: unknown }[] = []
  readonly #taken = new Map<keyof Details, number>()
  readonly #waiting = new Set<() => void>()

  constructor(options: MilestonesOptions<keyof Details>) {
    this.#options = options
  }

  reach<Name extends keyof Details>(name: Name, detail: Details[Name]): void {
    this.#reached.push({ name, detail })
    for (const wake of [...this.#waiting]) wake()
  }

  has(name: keyof Details): boolean {
    return this.#reached.some((each) => each.name === name)
  }

  /** The first time it happened, also when that is past. @throws Unmet */
  first<Name extends keyof Details>(name: Name, ms = patienceMs): Promise<Details[Name]> {
    return this.#nth(name, 0, ms)
  }

  /** Each call gives the next time it happened, in order; none is missed. @throws Unmet */
  next<Name extends keyof Details>(name: Name, ms = patienceMs): Promise<Details[Name]> {
    const index = this.#taken.get(name) ?? 0
    this.#taken.set(name, index + 1)
    return this.#nth(name, index, ms)
  }

  async #nth<Name extends keyof Details>(name: Name, index: number, ms: number): Promise<Details[Name]> {
    const { last } = this.#options
    let wake: () => void = () => undefined
    const happened = new Promise<{ detail: unknown }>((resolve, reject) => {
      wake = () => {
        const found = this.#reached.filter((each) => each.name === name)[index]
        if (found) resolve(found)
        else if (last !== undefined && this.has(last)) reject(new Unmet('it is over', this.#missing(name)))
      }
      this.#waiting.add(wake)
      wake()
    })
    try {
      const found = await within(ms, () => this.#missing(name), happened)
      return found.detail as Details[Name]
    } finally {
      this.#waiting.delete(wake)
    }
  }

  #missing(name: keyof Details): string {
    const soFar = this.#reached.map((each) => String(each.name)).join(', ') || 'nothing'
    return `'${String(name)}' for ${this.#options.whose()}; so far: ${soFar}\n${this.#options.story()}`
  }
}
