import { scheduleJob } from 'node-schedule'
import type { Clock } from '../core/clock.ts'
import { asError } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import type { Database } from '../store/database.ts'

/** At a quarter past three in the morning, when nobody calls. */
const nightly = '15 3 * * *'

/** Takes away what has had its time, every night. Returns the function that stops it. */
export function startHousekeeping(database: Database, clock: Clock, log: Logger): () => void {
  const job = scheduleJob(nightly, () => void cleanUp(database, clock, log))
  return () => void job.cancel()
}

export async function cleanUp(database: Database, clock: Clock, log: Logger): Promise<void> {
  try {
    const sessions = await database.sessions.removeExpired(clock.now())
    log.info({ sessions }, 'housekeeping done')
  } catch (thrown) {
    log.error({ err: asError(thrown) }, 'housekeeping failed')
  }
}
