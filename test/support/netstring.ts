/** `<length>:<bytes>,` (netstrings), as baresip's ctrl_tcp speaks them. */
export function writeNetstring(text: string): string {
  return `${Buffer.byteLength(text)}:${text},`
}

/** Takes bytes as they come and gives the netstrings that are complete. */
export class NetstringReader {
  #rest = Buffer.alloc(0)

  push(chunk: Buffer): string[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const found: string[] = []
    for (let text = this.#takeOne(); text !== undefined; text = this.#takeOne()) found.push(text)
    return found
  }

  #takeOne(): string | undefined {
    const colon = this.#rest.indexOf(':')
    if (colon < 0) return undefined
    const length = Number(this.#rest.toString('latin1', 0, colon))
    if (!Number.isInteger(length)) throw new Error(`no netstring: ${this.#rest.toString('utf8', 0, 40)}`)
    const end = colon + 1 + length
    if (this.#rest.length <= end) return undefined
    const text = this.#rest.toString('utf8', colon + 1, end)
    this.#rest = this.#rest.subarray(end + 1)
    return text
  }
}
