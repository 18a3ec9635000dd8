import { StrowgerError } from '../../../core/errors.ts'

/** Bytes on the control connection that are no frame; the connection is of no use any more. */
export class FrameBroken extends StrowgerError {
  readonly code = 'frame-broken'
}

const hash = 0x23
/** No SIP message we take is larger than 64 KiB; the rest is room for the head of the frame. */
const longestFrame = 131_072
const longestDigits = 7

/** Cuts the byte stream of a control connection into frames: `<byte length>#<frame>`. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0)

  /** The frames that are complete with these bytes. @throws FrameBroken */
  push(chunk: Buffer): Buffer[] {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk])
    const frames: Buffer[] = []
    let at = 0
    for (;;) {
      const start = this.#frameStart(at)
      if (start === undefined) break
      const end = start + Number(this.#pending.toString('latin1', at, start - 1))
      if (end > this.#pending.length) break
      frames.push(this.#pending.subarray(start, end))
      at = end
    }
    this.#pending = this.#pending.subarray(at)
    return frames
  }

  /** Where the frame whose length stands at `at` begins; undefined when more bytes are needed. */
  #frameStart(at: number): number | undefined {
    const window = this.#pending.subarray(at, at + longestDigits + 1)
    const digits = window.indexOf(hash)
    const isDigits = window
      .subarray(0, digits < 0 ? window.length : digits)
      .every((byte) => byte >= 0x30 && byte <= 0x39)
    if (!isDigits || digits === 0 || (digits < 0 && window.length > longestDigits)) {
      throw new FrameBroken('a frame does not begin with its length')
    }
    if (digits < 0) return undefined
    if (Number(window.toString('latin1', 0, digits)) > longestFrame) throw new FrameBroken('a frame is too long')
    return at + digits + 1
  }
}
