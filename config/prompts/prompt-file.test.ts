import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'tap'
import { english, type PromptId } from './english.ts'
import { promptFile } from './prompt-file.ts'

const ids = Object.keys(english) as PromptId[]
const headerBytes = 44
const bytesPerSecond = 16_000

void test('every text has its recording, and no recording is left over', async (t) => {
  const files = readdirSync(path.dirname(promptFile('goodbye'))).sort()
  t.strictSame(files, ids.map((id) => `${id}.wav`).sort())
})

void test('recordings are 8 kHz 16-bit mono WAV of a plausible length and loudness', async (t) => {
  for (const id of ids) {
    const wav = readFileSync(promptFile(id))
    const format = {
      riff: wav.toString('latin1', 0, 4),
      wave: wav.toString('latin1', 8, 16),
      coding: wav.readUInt16LE(20),
      channels: wav.readUInt16LE(22),
      rate: wav.readUInt32LE(24),
      bits: wav.readUInt16LE(34),
      data: wav.toString('latin1', 36, 40),
      size: wav.readUInt32LE(40),
    }
    const size = wav.length - headerBytes
    const expected = {
      riff: 'RIFF',
      wave: 'WAVEfmt ',
      coding: 1,
      channels: 1,
      rate: 8000,
      bits: 16,
      data: 'data',
      size,
    }
    t.strictSame(format, expected, `${id} has the right format`)
    const seconds = size / bytesPerSecond
    const words = english[id].split(' ').length
    t.ok(seconds > words * 0.1 && seconds < words * 1.1, `${id} is about as long as its text (${seconds} s)`)
    const samples = new Int16Array(wav.buffer, wav.byteOffset + headerBytes, size / 2)
    const peak = samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0)
    t.ok(peak > 20_000 && peak < 32_000, `${id} is loud and not clipped (${peak})`)
  }
})
