import { existsSync } from 'node:fs'
import path from 'node:path'
import type { PromptId } from './english.ts'

/** The recordings lie beside their sources; compiled code runs from dist, one folder further down. */
function recordingsFolder(): string {
  const fromSource = path.resolve(import.meta.dirname)
  const fromOutput = path.resolve(import.meta.dirname, '../../../config/prompts')
  return existsSync(path.join(fromSource, 'en')) ? fromSource : fromOutput
}

const folder = recordingsFolder()

/** The absolute path of a prompt's recording: 8 kHz, 16 bit, mono WAV. */
export function promptFile(id: PromptId, language: 'en' = 'en'): string {
  return path.join(folder, language, `${id}.wav`)
}
