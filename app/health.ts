import type { Health } from '../admin-api/live-parts.ts'
import type { MediaServer } from '../media/media-server.ts'
import type { SipAgent } from '../sip/agent/sip-agent.ts'
import type { Database } from '../store/database.ts'

/** Whether a call could be made right now: each part is asked, none is assumed. */
export function healthOf(parts: { database: Database; agent: SipAgent; media: MediaServer }): Health {
  let isMediaUp = true
  parts.media.events.on('died', () => (isMediaUp = false))
  parts.media.events.on('recovered', () => (isMediaUp = true))
  return {
    check: async () => ({
      database: await answers(parts.database),
      edge: parts.agent.isConnected ? { isOk: true } : { isOk: false, detail: 'not connected' },
      media: isMediaUp ? { isOk: true } : { isOk: false, detail: 'restarting' },
    }),
  }
}

async function answers(database: Database) {
  try {
    await database.ping()
    return { isOk: true }
  } catch {
    return { isOk: false, detail: 'does not answer' }
  }
}
