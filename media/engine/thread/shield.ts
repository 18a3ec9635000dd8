import type { SrtpKey } from '../rtp/srtp-keys.ts'
import { Srtp } from '../rtp/srtp.ts'
import type { StreamPlan } from '../sdp/stream-plan.ts'

/** SRTP of both directions. */
export interface Shield {
  readonly keys: { readonly send: SrtpKey; readonly receive: SrtpKey }
  readonly send: Srtp
  readonly receive: Srtp
}

/** A direction whose key stays goes on with its counters: a re-negotiation must not start the stream's indices anew. */
export function shieldFor(security: StreamPlan['security'], before: Shield | undefined): Shield | undefined {
  if (!security) return undefined
  const { send, receive } = security
  return {
    keys: security,
    send: before && isSame(before.keys.send, send) ? before.send : new Srtp(send),
    receive: before && isSame(before.keys.receive, receive) ? before.receive : new Srtp(receive),
  }
}

function isSame(one: SrtpKey, other: SrtpKey): boolean {
  return one.suite === other.suite && one.inline === other.inline
}
