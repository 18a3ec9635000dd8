import type { AppConnection } from './app-connection.ts'

/** The applications that are connected, and which of them wants which requests. */
export class AppConnections {
  readonly #all = new Set<AppConnection>()
  readonly #byVerb = new Map<string, AppConnection[]>()
  readonly #nextOfVerb = new Map<string, number>()

  get size(): number {
    return this.#all.size
  }

  add(connection: AppConnection): void {
    this.#all.add(connection)
  }

  remove(connection: AppConnection): void {
    this.#all.delete(connection)
    for (const verb of connection.verbs) this.removeRoute(connection, verb)
  }

  /** The connection wants requests of this method (lower case); asking twice does nothing more. */
  addRoute(connection: AppConnection, verb: string): void {
    if (connection.verbs.has(verb)) return
    connection.verbs.add(verb)
    this.#byVerb.set(verb, [...(this.#byVerb.get(verb) ?? []), connection])
  }

  removeRoute(connection: AppConnection, verb: string): void {
    connection.verbs.delete(verb)
    const others = (this.#byVerb.get(verb) ?? []).filter((each) => each !== connection)
    if (others.length > 0) this.#byVerb.set(verb, others)
    else this.#byVerb.delete(verb)
  }

  /** The connection whose turn it is to take a request outside a dialog. */
  pick(method: string): AppConnection | undefined {
    const verb = method.toLowerCase()
    const candidates = this.#byVerb.get(verb)
    if (!candidates) return undefined
    const turn = this.#nextOfVerb.get(verb) ?? 0
    this.#nextOfVerb.set(verb, turn + 1)
    return candidates[turn % candidates.length]
  }

  all(): readonly AppConnection[] {
    return [...this.#all]
  }
}
