import type { z } from 'zod'
import type { configSchema } from './config-schema.ts'

const loopback = /^(127\.|::1$|localhost$)/i

/** What is wrong only in combination, a line for each. */
export function crossChecks({ sip, media }: z.infer<typeof configSchema>): string[] {
  const problems: string[] = []
  if (sip.edge === 'drachtio' && sip.drachtio.length === 0) {
    problems.push('sip.drachtio (STROWGER_SIP_DRACHTIO) must name at least one server when sip.edge is drachtio')
  }
  if (media.server === 'freeswitch' && media.freeswitch.length === 0) {
    problems.push(
      'media.freeswitch (STROWGER_MEDIA_FREESWITCH) must name at least one server when media.server is freeswitch',
    )
  }
  if (sip.control.secret === undefined && !loopback.test(sip.control.host)) {
    problems.push(
      `sip.control.secret (STROWGER_SIP_CONTROL_SECRET) must be set when sip.control.host is ${sip.control.host}, which others can reach`,
    )
  }
  return problems
}
