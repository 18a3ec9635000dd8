import { asError } from './errors.ts'

type Release = () => void | Promise<void>

/** Collects what must be released and releases it once, last acquired first, whatever fails on the way. */
export class Disposer implements AsyncDisposable {
  readonly #releases: Release[] = []
  #ending: Promise<void> | undefined

  /** Adds a release; returns a function that takes it back without running it. */
  defer(release: Release): () => void {
    this.#releases.push(release)
    return () => {
      const at = this.#releases.indexOf(release)
      if (at >= 0) this.#releases.splice(at, 1)
    }
  }

  /** Adds something closable and returns it. */
  use<T extends { close(): void | Promise<void> }>(resource: T): T {
    this.defer(() => resource.close())
    return resource
  }

  /** @throws AggregateError after everything was tried, when some of it failed. */
  close(): Promise<void> {
    this.#ending ??= this.#releaseAll()
    return this.#ending
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #releaseAll(): Promise<void> {
    const errors: Error[] = []
    for (let release = this.#releases.pop(); release; release = this.#releases.pop()) {
      try {
        await release()
      } catch (thrown) {
        errors.push(asError(thrown))
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'some resources could not be released')
  }
}
