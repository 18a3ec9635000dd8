import { readFile, stat } from 'node:fs/promises'
import { systemCodeOf } from '../../../core/errors.ts'
import { UnplayableSource } from '../../media-errors.ts'
import { alawToLinear, ulawToLinear } from './g711.ts'
import { ResampledSource } from './resampler.ts'
import type { SampleSource } from './sample-source.ts'
import { bytesPerFrame, readWavFormat, type WavFormat } from './wav-format.ts'

/** Three hours of telephone sound; a larger file is refused rather than read into memory. */
const largestFileBytes = 200_000_000

/** What files hold, kept for as long as the file stays the same. */
const cache = new Map<string, { readonly stamp: string; readonly bytes: Buffer }>()
const largestCachedBytes = 2_000_000
const cachedFiles = 100

async function readCached(path: string): Promise<Buffer> {
  const { mtimeMs, size } = await stat(path)
  const stamp = `${mtimeMs} ${size}`
  const kept = cache.get(path)
  if (kept?.stamp === stamp) return kept.bytes
  if (size > largestFileBytes) throw new UnplayableSource(`${path} is too large`)
  const bytes = await readFile(path)
  cache.delete(path)
  if (bytes.length <= largestCachedBytes) cache.set(path, { stamp, bytes })
  if (cache.size > cachedFiles) cache.delete(cache.keys().next().value as string)
  return bytes
}

/**
 * Opens a WAV file; what it returns makes a source that starts at `fromMs`, heard at `rate`, two channels as one.
 * @throws UnplayableSource
 */
export async function openWav(path: string, rate: number, fromMs = 0): Promise<() => SampleSource> {
  const bytes = await readCached(path).catch((error: unknown) => {
    if (error instanceof UnplayableSource) throw error
    throw new UnplayableSource(`${path} cannot be read (${systemCodeOf(error) ?? 'unknown'})`, { cause: error })
  })
  const format = readFormat(path, bytes)
  return () => {
    const source = new WavSource(bytes, format, fromMs)
    return format.rate === rate ? source : new ResampledSource(source, format.rate, rate)
  }
}

function readFormat(path: string, bytes: Buffer): WavFormat {
  try {
    return readWavFormat(bytes, bytes.length)
  } catch (error) {
    if (error instanceof UnplayableSource) throw new UnplayableSource(`${path}: ${error.message}`)
    throw error
  }
}

/** The samples of a WAV file at its own rate. */
class WavSource implements SampleSource {
  readonly #bytes: Buffer
  readonly #format: WavFormat
  readonly #frameBytes: number
  readonly #end: number
  #at: number

  constructor(bytes: Buffer, format: WavFormat, fromMs: number) {
    this.#bytes = bytes
    this.#format = format
    this.#frameBytes = bytesPerFrame(format)
    this.#end = format.dataStart + format.dataBytes
    const skipped = Math.max(0, Math.floor((fromMs * format.rate) / 1000)) * this.#frameBytes
    this.#at = Math.min(this.#end, format.dataStart + skipped)
  }

  read(into: Int16Array): number {
    const count = Math.min(into.length, (this.#end - this.#at) / this.#frameBytes)
    const isStereo = this.#format.channels === 2
    const second = this.#frameBytes / 2
    for (let i = 0; i < count; i++) {
      const at = this.#at + i * this.#frameBytes
      into[i] = isStereo ? (this.#sample(at) + this.#sample(at + second)) >> 1 : this.#sample(at)
    }
    this.#at += count * this.#frameBytes
    return count
  }

  #sample(at: number): number {
    switch (this.#format.encoding) {
      case 'pcm16':
        return this.#bytes.readInt16LE(at)
      case 'alaw':
        return alawToLinear[this.#bytes[at] ?? 0] ?? 0
      case 'ulaw':
        return ulawToLinear[this.#bytes[at] ?? 0] ?? 0
    }
  }
}
