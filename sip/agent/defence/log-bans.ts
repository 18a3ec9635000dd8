import type { Clock } from '../../../core/clock.ts'
import type { Logger } from '../../../core/logger.ts'
import type { BanList } from './ban-list.ts'

/** Sender addresses can be made up by the thousand; the metrics count what the log leaves out. */
const mostLinesAMinute = 60

/**
 * Writes bans and releases to the log, a bounded number of lines a minute.
 * @returns says that an address sends too much
 */
export function logBans(bans: BanList, clock: Clock, log: Logger): (address: string) => void {
  let minute = -1
  let lines = 0
  const mayWrite = () => {
    const nowMinute = Math.floor(clock.monotonicMs() / 60_000)
    if (nowMinute !== minute) [minute, lines] = [nowMinute, 0]
    return ++lines <= mostLinesAMinute
  }
  bans.events.on('banned', ({ address, because, times, sinceMs, untilMs }) => {
    const seconds = Math.round((untilMs - sinceMs) / 1000)
    if (mayWrite()) log.warn({ address, because, times, seconds }, 'SIP address banned')
  })
  bans.events.on('released', ({ address }, because) => {
    if (mayWrite()) log.info({ address, because }, 'SIP address released')
  })
  return (address) => {
    if (mayWrite()) log.warn({ address }, 'SIP address sends too much: what is over the limit is dropped')
  }
}
