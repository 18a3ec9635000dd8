type Listener<Args extends readonly unknown[]> = (...args: Args) => void

/** Events by name with their arguments' types, for example `{ digit: [digit: string]; closed: [] }`. */
export type EventMap<Events> = { [Name in keyof Events]: readonly unknown[] }

/** A small typed event source. `on` returns the function that takes the listener off again. */
export class TypedEmitter<Events extends EventMap<Events>> {
  readonly #listeners = new Map<keyof Events, Set<Listener<readonly unknown[]>>>()

  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    const known = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, known)
    const entry = listener as unknown as Listener<readonly unknown[]>
    known.add(entry)
    return () => known.delete(entry)
  }

  once<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    const off = this.on(name, (...args) => {
      off()
      listener(...args)
    })
    return off
  }

  /** The next event of that name; rejects with the signal's reason when aborted before. */
  next<Name extends keyof Events>(name: Name, signal?: AbortSignal): Promise<Events[Name]> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const aborted = () => {
        off()
        reject(signal?.reason as Error)
      }
      const off = this.once(name, (...args) => {
        signal?.removeEventListener('abort', aborted)
        resolve(args)
      })
      signal?.addEventListener('abort', aborted, { once: true })
    })
  }

  emit<Name extends keyof Events>(name: Name, ...args: Events[Name]): void {
    const known = this.#listeners.get(name)
    if (!known) return
    for (const listener of [...known]) listener(...args)
  }
}
