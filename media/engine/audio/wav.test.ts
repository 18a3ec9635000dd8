import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type t as tap, test } from 'tap'
import { UnplayableSource } from '../../media-errors.ts'
import { encodeG711, linearToAlaw, linearToUlaw } from './g711.ts'
import { amplitudeAt, loudness } from './goertzel.ts'
import { openWav } from './wav-source.ts'
import { writeWavHeader } from './wav-format.ts'
import { WavWriter } from './wav-writer.ts'

async function directory(t: Pick<typeof tap, 'teardown'>): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'strowger-wav-'))
  t.teardown(() => rm(path, { recursive: true }))
  return path
}

function sine(hertz: number, rate: number, ms: number): Int16Array {
  const samples = new Int16Array((rate * ms) / 1000)
  return samples.map((_, i) => Math.round(10_000 * Math.sin((2 * Math.PI * hertz * i) / rate)))
}

/** A WAV file by its format fields. */
function wav(tag: number, bits: number, rate: number, data: Buffer, channels: 1 | 2 = 1): Buffer {
  const header = writeWavHeader({ rate, channels }, data.length)
  header.writeUInt16LE(tag, 20)
  header.writeUInt16LE(bits, 34)
  return Buffer.concat([header, data])
}

function bytesOf(samples: Int16Array): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)
}

function g711(table: Uint8Array, samples: Int16Array): Buffer {
  const bytes = Buffer.alloc(samples.length)
  encodeG711(table, samples, samples.length, bytes, 0)
  return bytes
}

function stereo(left: Int16Array, right: Int16Array): Int16Array {
  return Int16Array.from({ length: left.length * 2 }, (_, i) => (i % 2 === 0 ? left : right)[i >> 1]!)
}

const files = [
  { name: '8 kHz PCM', bytes: () => wav(1, 16, 8000, bytesOf(sine(1000, 8000, 500))) },
  { name: '16 kHz PCM', bytes: () => wav(1, 16, 16000, bytesOf(sine(1000, 16000, 500))) },
  { name: '44.1 kHz PCM', bytes: () => wav(1, 16, 44100, bytesOf(sine(1000, 44100, 500))) },
  { name: '48 kHz PCM', bytes: () => wav(1, 16, 48000, bytesOf(sine(1000, 48000, 500))) },
  { name: 'mu-law', bytes: () => wav(7, 8, 8000, g711(linearToUlaw, sine(1000, 8000, 500))) },
  { name: 'A-law', bytes: () => wav(6, 8, 8000, g711(linearToAlaw, sine(1000, 8000, 500))) },
  {
    name: 'stereo',
    bytes: () => wav(1, 16, 8000, bytesOf(stereo(sine(1000, 8000, 500), sine(1000, 8000, 500))), 2),
  },
  {
    name: 'a header that a crash left without sizes',
    bytes: () => {
      const bytes = wav(1, 16, 8000, bytesOf(sine(1000, 8000, 500)))
      bytes.writeUInt32LE(0, 40)
      return bytes
    },
  },
  {
    name: 'other chunks before the samples',
    bytes: () => {
      const bytes = wav(1, 16, 8000, bytesOf(sine(1000, 8000, 500)))
      const list = Buffer.from('LIST\x05\0\0\0hello\0', 'latin1')
      return Buffer.concat([bytes.subarray(0, 36), list, bytes.subarray(36)])
    },
  },
]

void test('all kinds of WAV files are heard at 8 and at 16 kHz', async (t) => {
  const path = join(await directory(t), 'file.wav')
  for (const { name, bytes } of files) {
    await writeFile(path, bytes())
    for (const rate of [8000, 16000]) {
      const source = (await openWav(path, rate))()
      const samples = new Int16Array(rate)
      let count = 0
      for (let made = 1; made > 0; count += made) made = source.read(samples.subarray(count, count + rate / 50))
      t.ok(Math.abs(count - rate / 2) <= rate / 100, `${name}: ${count} samples at ${rate}`)
      const middle = samples.subarray(rate / 10, (rate * 4) / 10)
      t.ok(Math.abs(amplitudeAt(middle, 1000, rate) / 10_000 - 1) < 0.03, `${name}: the tone at ${rate}`)
    }
  }
})

void test('what the telephone band cannot carry is filtered, not folded', async (t) => {
  const path = join(await directory(t), 'file.wav')
  await writeFile(path, wav(1, 16, 48000, bytesOf(sine(6000, 48000, 500))))
  const samples = new Int16Array(3000)
  ;(await openWav(path, 8000))().read(samples)
  t.ok(loudness(samples.subarray(500)) < 100)
})

void test('playing from the middle', async (t) => {
  const path = join(await directory(t), 'file.wav')
  await writeFile(path, wav(1, 16, 8000, bytesOf(sine(1000, 8000, 500))))
  t.equal((await openWav(path, 8000, 300))().read(new Int16Array(8000)), 1600)
  t.equal((await openWav(path, 8000, 900))().read(new Int16Array(8000)), 0)
})

const broken = [
  { name: 'empty', bytes: Buffer.alloc(0) },
  { name: 'text', bytes: Buffer.from('this is no sound at all, is it?') },
  { name: 'no samples', bytes: wav(1, 16, 8000, Buffer.alloc(0)).subarray(0, 36) },
  { name: '24 bits', bytes: wav(1, 24, 8000, Buffer.alloc(300)) },
  { name: 'another codec', bytes: wav(0x55, 16, 8000, Buffer.alloc(300)) },
  { name: 'a strange rate', bytes: wav(1, 16, 192000, Buffer.alloc(300)) },
]

void test('what is no WAV file is refused with its name', async (t) => {
  const path = join(await directory(t), 'broken.wav')
  for (const { name, bytes } of broken) {
    await writeFile(path, bytes)
    await t.rejects(openWav(path, 8000), UnplayableSource, name)
    await t.rejects(openWav(path, 8000), { message: /broken.wav/ }, name)
  }
  await t.rejects(openWav(join(path, 'none'), 8000), UnplayableSource)
})

void test('a file being written is playable at any time, and right at the end', async (t) => {
  const path = join(await directory(t), 'written.wav')
  const writer = await WavWriter.open(path, { rate: 8000, channels: 1 })
  const tick = sine(1000, 8000, 20)
  for (let i = 0; i < 30; i++) writer.write(tick, tick.length)
  let size = 0
  while (size < 4000) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    size = (await openWav(path, 8000))().read(new Int16Array(8000))
  }
  const result = await writer.finish()
  t.strictSame(result, { durationMs: 600, bytes: 44 + 9600 })
  t.equal(writer.error, undefined)
  const bytes = await readFile(path)
  t.equal(bytes.readUInt32LE(4), bytes.length - 8)
  t.equal(bytes.readUInt32LE(40), 9600)
})

void test('a full disk is an error to ask for, not an exception', async (t) => {
  const writer = await WavWriter.open('/dev/full', { rate: 8000, channels: 1 }).catch((error: unknown) => error)
  t.match(writer, { code: 'ENOSPC' })
})
