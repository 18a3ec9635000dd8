import { unlink } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import { asError, systemCodeOf } from '../core/errors.ts'
import type { AdminApiContext } from './context.ts'
import { Problem } from './problem.ts'

/**
 * The absolute path of a recording.
 * @param file relative to the data directory
 * @throws Problem for a path that leads out of it
 */
export function recordingPath(dataDir: string, file: string): string {
  const path = resolve(dataDir, file)
  if (!path.startsWith(resolve(dataDir) + sep)) throw new Problem('not-found', 'the recording is not there')
  return path
}

/** Deletes a recording whose row is gone; that it cannot be is for the operator, not for the one who asked. */
export async function removeRecording(
  context: Pick<AdminApiContext, 'dataDir' | 'logger'>,
  file: string,
): Promise<void> {
  try {
    await unlink(recordingPath(context.dataDir, file))
  } catch (thrown) {
    if (systemCodeOf(thrown) === 'ENOENT') return
    context.logger.warn({ file, err: asError(thrown) }, 'a recording could not be deleted')
  }
}
