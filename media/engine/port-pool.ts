import { randomInt } from 'node:crypto'
import { NoMediaPort } from '../media-errors.ts'

/** Hands out even ports, each with the odd one above it for RTCP. What is given back is used again last, so that late packets of one call do not meet the next. */
export class PortPool {
  readonly #free: number[]

  /** @param range both ends included */
  constructor(range: { readonly from: number; readonly to: number }) {
    const first = range.from + (range.from % 2)
    const count = Math.max(0, Math.floor((range.to - first + 1) / 2))
    const start = count === 0 ? 0 : randomInt(count)
    this.#free = Array.from({ length: count }, (_, index) => first + 2 * ((start + index) % count))
  }

  get free(): number {
    return this.#free.length
  }

  /** @throws NoMediaPort */
  take(): number {
    const port = this.#free.shift()
    if (port === undefined) throw new NoMediaPort('every media port is in use')
    return port
  }

  giveBack(port: number): void {
    this.#free.push(port)
  }
}
