import { patienceMs, within } from './within.ts'

/** What has happened, by name with its detail, and waiting for what has yet to happen. */
export class Milestones<Details extends Record<string, unknown>> {
  readonly #whose: () => string
  readonly #reached: { name: keyof Details; detail: unknown }[] = []
  readonly #taken = new Map<keyof Details, number>()
  readonly #waiting = new Set<() => void>()

  /** @param whose  names the owner in errors, with whatever helps to understand them */
  constructor(whose: () => string) {
    this.#whose = whose
  }

  reach<Name extends keyof Details>(name: Name, detail: Details[Name]): void {
    this.#reached.push({ name, detail })
    for (const wake of [...this.#waiting]) wake()
  }

  has(name: keyof Details): boolean {
    return this.#reached.some((each) => each.name === name)
  }

  /** The first time it happened, also when that is past. */
  first<Name extends keyof Details>(name: Name, ms = patienceMs): Promise<Details[Name]> {
    return this.#nth(name, 0, ms)
  }

  /** Each call gives the next time it happened, in order; none is missed. */
  next<Name extends keyof Details>(name: Name, ms = patienceMs): Promise<Details[Name]> {
    const index = this.#taken.get(name) ?? 0
    this.#taken.set(name, index + 1)
    return this.#nth(name, index, ms)
  }

  async #nth<Name extends keyof Details>(name: Name, index: number, ms: number): Promise<Details[Name]> {
    const find = () => this.#reached.filter((each) => each.name === name)[index]
    let wake: () => void = () => undefined
    const happened = new Promise<{ detail: unknown }>((resolve) => {
      wake = () => {
        const found = find()
        if (found) resolve(found)
      }
      this.#waiting.add(wake)
      wake()
    })
    const missing = () => `'${String(name)}' for ${this.#whose()}; so far: ${this.#story()}`
    try {
      const found = await within(ms, missing, happened)
      return found.detail as Details[Name]
    } finally {
      this.#waiting.delete(wake)
    }
  }

  #story(): string {
    return this.#reached.map((each) => String(each.name)).join(', ') || 'nothing'
  }
}
