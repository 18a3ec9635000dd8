import { UnplayableSource } from '../../media-errors.ts'

export type WavEncoding = 'pcm16' | 'alaw' | 'ulaw'

export interface WavFormat {
  readonly encoding: WavEncoding
  readonly rate: number
  readonly channels: 1 | 2
  /** Where the samples are in the file. */
  readonly dataStart: number
  readonly dataBytes: number
}

export const wavHeaderBytes = 44
const encodings: Readonly<Record<string, WavEncoding>> = { '1/16': 'pcm16', '6/8': 'alaw', '7/8': 'ulaw' }
const extensible = 0xfffe

export function bytesPerFrame({ encoding, channels }: Pick<WavFormat, 'encoding' | 'channels'>): number {
  return (encoding === 'pcm16' ? 2 : 1) * channels
}

/**
 * Finds format and samples of a WAV file. A file that a crash left with no or too large a size is read to its end.
 * @param head the file's beginning, with everything before its samples
 * @throws UnplayableSource
 */
export function readWavFormat(head: Buffer, fileBytes: number): WavFormat {
  if (head.length < 12 || head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') {
    throw new UnplayableSource('no WAV file')
  }
  let format: Omit<WavFormat, 'dataStart' | 'dataBytes'> | undefined
  for (let at = 12; at + 8 <= head.length;) {
    const id = head.toString('latin1', at, at + 4)
    const bytes = head.readUInt32LE(at + 4)
    if (id === 'fmt ') format = readFormatChunk(head.subarray(at + 8, at + 8 + bytes))
    if (id === 'data') {
      if (!format) break
      const left = fileBytes - (at + 8)
      const size = bytes === 0 || bytes > left ? left : bytes
      return { ...format, dataStart: at + 8, dataBytes: size - (size % bytesPerFrame(format)) }
    }
    at += 8 + bytes + (bytes & 1)
  }
  throw new UnplayableSource('the WAV file has no samples')
}

function readFormatChunk(chunk: Buffer): Omit<WavFormat, 'dataStart' | 'dataBytes'> {
  if (chunk.length < 16) throw new UnplayableSource('the WAV file has no format')
  const tag = chunk.readUInt16LE(0)
  const channels = chunk.readUInt16LE(2)
  const rate = chunk.readUInt32LE(4)
  const bits = chunk.readUInt16LE(14)
  const kind = tag === extensible && chunk.length >= 26 ? chunk.readUInt16LE(24) : tag
  const encoding = encodings[`${kind}/${bits}`]
  if (!encoding) throw new UnplayableSource(`WAV encoding ${kind} with ${bits} bits is not known`)
  if (channels !== 1 && channels !== 2) throw new UnplayableSource(`a WAV file with ${channels} channels`)
  if (rate < 8000 || rate > 48000) throw new UnplayableSource(`a WAV file with ${rate} samples a second`)
  return { encoding, channels, rate }
}

/** The header of a 16 bit PCM file with that many bytes of samples. */
export function writeWavHeader(format: { readonly rate: number; readonly channels: 1 | 2 }, dataBytes: number): Buffer {
  const header = Buffer.alloc(wavHeaderBytes)
  const frameBytes = format.channels * 2
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(wavHeaderBytes - 8 + dataBytes, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(format.channels, 22)
  header.writeUInt32LE(format.rate, 24)
  header.writeUInt32LE(format.rate * frameBytes, 28)
  header.writeUInt16LE(frameBytes, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(dataBytes, 40)
  return header
}
