import { open, type FileHandle } from 'node:fs/promises'
import { asError } from '../../../core/errors.ts'
import { wavHeaderBytes, writeWavHeader } from './wav-format.ts'

/** How much sound is gathered before it goes to the file; what a crash may lose. */
const flushMs = 500

/** Writes 16 bit samples into a WAV file as they come; the header is kept right after each write, so a crash leaves a playable file. */
export class WavWriter {
  readonly #file: FileHandle
  readonly #format: { readonly rate: number; readonly channels: 1 | 2 }
  #gathering: Buffer
  #gathered = 0
  #spare: Buffer
  #dataBytes = 0
  #writtenBytes = 0
  #writing: Promise<void> | undefined
  #error: Error | undefined

  private constructor(file: FileHandle, format: { readonly rate: number; readonly channels: 1 | 2 }) {
    this.#file = file
    this.#format = format
    const flushBytes = (format.rate * format.channels * 2 * flushMs) / 1000
    this.#gathering = Buffer.alloc(flushBytes * 4)
    this.#spare = Buffer.alloc(flushBytes * 4)
  }

  /** @throws what the file system throws */
  static async open(path: string, format: { readonly rate: number; readonly channels: 1 | 2 }): Promise<WavWriter> {
    const file = await open(path, 'w')
    try {
      await file.write(writeWavHeader(format, 0), 0, wavHeaderBytes, 0)
    } catch (error) {
      await file.close()
      throw error
    }
    return new WavWriter(file, format)
  }

  /** Why writing failed, when it did; what was written before stays playable. */
  get error(): Error | undefined {
    return this.#error
  }

  get durationMs(): number {
    return this.#msOf(this.#dataBytes)
  }

  /** Takes `count` samples (left and right in turn when stereo); never waits. */
  write(samples: Int16Array, count: number): void {
    if (this.#error) return
    if (this.#gathered + count * 2 > this.#gathering.length) {
      this.#error = new Error('the disk is too slow for the recording')
      return
    }
    for (let i = 0; i < count; i++) this.#gathering.writeInt16LE(samples[i] ?? 0, this.#gathered + i * 2)
    this.#gathered += count * 2
    this.#dataBytes += count * 2
    if (this.#gathered >= this.#gathering.length / 4) this.#writing ??= this.#flush()
  }

  /** Writes what is left and closes the file. Never rejects: see `error`. */
  async finish(): Promise<{ readonly durationMs: number; readonly bytes: number }> {
    await this.#writing
    if (this.#gathered > 0 && !this.#error) await this.#flush()
    try {
      await this.#file.close()
    } catch (thrown) {
      this.#error ??= asError(thrown)
    }
    return { durationMs: this.#msOf(this.#writtenBytes), bytes: wavHeaderBytes + this.#writtenBytes }
  }

  async #flush(): Promise<void> {
    const [bytes, length] = [this.#gathering, this.#gathered]
    this.#gathering = this.#spare
    this.#spare = bytes
    this.#gathered = 0
    try {
      await this.#writeAll(bytes, length)
      this.#writtenBytes += length
      await this.#file.write(writeWavHeader(this.#format, this.#writtenBytes), 0, wavHeaderBytes, 0)
    } catch (thrown) {
      this.#error ??= asError(thrown)
    }
    this.#writing = undefined
  }

  async #writeAll(bytes: Buffer, length: number): Promise<void> {
    for (let at = 0; at < length;) {
      const { bytesWritten } = await this.#file.write(bytes, at, length - at, wavHeaderBytes + this.#writtenBytes + at)
      at += bytesWritten
    }
  }

  #msOf(bytes: number): number {
    return Math.round((bytes * 1000) / (this.#format.rate * this.#format.channels * 2))
  }
}
