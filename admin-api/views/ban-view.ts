import type { BanView } from '../contracts/bans.ts'
import type { Ban } from '../live-parts.ts'
import { isoTime } from './iso-time.ts'

export function banView({ address, because, times, sinceMs, untilMs }: Ban): BanView {
  return { address, because, times, bannedAt: isoTime(sinceMs), until: isoTime(untilMs) }
}
