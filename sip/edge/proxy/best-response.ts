import type { SipResponse } from '../message/sip-response.ts'

/** Within the 4xx these tell the caller what to do differently (RFC 3261 16.7 step 6). */
const helpful: ReadonlySet<number> = new Set([401, 407, 415, 420, 484])

/** The refusal that a proxy passes on of all it got (RFC 3261 16.7 step 6); undefined when there is none. */
export function bestResponse(refusals: readonly SipResponse[]): SipResponse | undefined {
  const best = [...refusals].sort((a, b) => rank(a.status) - rank(b.status))[0]
  if (best && (best.status === 401 || best.status === 407)) return withAllChallenges(best, refusals)
  return best
}

/** Lower is better: 6xx binds all branches, then the lowest class, within it what helps the caller. */
function rank(status: number): number {
  if (status >= 600) return 0
  const inClass = helpful.has(status) ? 0 : status === 408 || status === 503 ? 2 : 1
  return Math.floor(status / 100) * 10 + inClass
}

/** RFC 3261 16.7 step 7: the caller may hold credentials for any of the branches. */
function withAllChallenges(best: SipResponse, refusals: readonly SipResponse[]): SipResponse {
  const merged = best.clone()
  for (const refusal of refusals) {
    if (refusal === best || (refusal.status !== 401 && refusal.status !== 407)) continue
    for (const name of ['WWW-Authenticate', 'Proxy-Authenticate']) {
      for (const challenge of refusal.values(name)) merged.add(name, challenge)
    }
  }
  return merged
}
