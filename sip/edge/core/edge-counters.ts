import type { CountsByName } from '../edge-stats.ts'

/** Methods that are counted by name; a stranger's invention is `other`, so that nobody can fill the memory with names. */
const known: ReadonlySet<string> = new Set([
  'ACK',
  'BYE',
  'CANCEL',
  'INFO',
  'INVITE',
  'MESSAGE',
  'NOTIFY',
  'OPTIONS',
  'PRACK',
  'PUBLISH',
  'REFER',
  'REGISTER',
  'SUBSCRIBE',
  'UPDATE',
])

export function isKnownMethod(method: string): boolean {
  return known.has(method)
}

const classes = ['', '1xx', '2xx', '3xx', '4xx', '5xx', '6xx'] as const

class NamedCounts {
  readonly #counts: Record<string, number> = {}

  add(name: string): void {
    this.#counts[name] = (this.#counts[name] ?? 0) + 1
  }

  snapshot(): CountsByName {
    return { ...this.#counts }
  }
}

/** What passes through, counted. */
export class EdgeCounters {
  readonly #requestsIn = new NamedCounts()
  readonly #requestsOut = new NamedCounts()
  readonly #responsesIn = new NamedCounts()
  readonly #responsesOut = new NamedCounts()
  malformed = 0
  strays = 0
  overloads = 0

  requestIn(method: string): void {
    this.#requestsIn.add(known.has(method) ? method : 'other')
  }

  requestOut(method: string): void {
    this.#requestsOut.add(known.has(method) ? method : 'other')
  }

  responseIn(status: number): void {
    this.#responsesIn.add(classes[Math.floor(status / 100)] ?? 'other')
  }

  responseOut(status: number): void {
    this.#responsesOut.add(classes[Math.floor(status / 100)] ?? 'other')
  }

  snapshot() {
    return {
      requestsIn: this.#requestsIn.snapshot(),
      requestsOut: this.#requestsOut.snapshot(),
      responsesIn: this.#responsesIn.snapshot(),
      responsesOut: this.#responsesOut.snapshot(),
      malformed: this.malformed,
      strays: this.strays,
      overloads: this.overloads,
    }
  }
}
