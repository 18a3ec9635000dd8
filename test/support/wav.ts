export interface Wav {
  /** Samples per second. */
  readonly rateHz: number
  readonly samples: Int16Array
}

/** Reads a 16-bit mono PCM WAV. @throws Error when it is something else. */
export function parseWav(bytes: Buffer): Wav {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') throw new Error('no WAV')
  let rateHz = 0
  for (let at = 12; at + 8 <= bytes.length;) {
    const id = bytes.toString('latin1', at, at + 4)
    const size = bytes.readUInt32LE(at + 4)
    const start = at + 8
    if (id === 'fmt ') {
      const [coding, channels, bits] = [
        bytes.readUInt16LE(start),
        bytes.readUInt16LE(start + 2),
        bytes.readUInt16LE(start + 14),
      ]
      if (coding !== 1 || channels !== 1 || bits !== 16)
        throw new Error(`no 16-bit mono PCM: ${coding}/${channels}/${bits}`)
      rateHz = bytes.readUInt32LE(start + 4)
    }
    if (id === 'data') {
      // A recording that still runs has no size yet.
      const data = Uint8Array.from(bytes.subarray(start, size === 0 ? undefined : start + size))
      return { rateHz, samples: new Int16Array(data.buffer, 0, data.length >> 1) }
    }
    at = start + size + (size % 2)
  }
  throw new Error('a WAV without data')
}
