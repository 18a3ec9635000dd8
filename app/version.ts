import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'

/** Beside the sources, or one folder above the compiled output. */
function packageFile(): string {
  const beside = path.join(import.meta.dirname, '../package.json')
  return existsSync(beside) ? beside : path.join(import.meta.dirname, '../../package.json')
}

/** The release, from package.json. */
export const version = z.object({ version: z.string() }).parse(createRequire(import.meta.url)(packageFile())).version
