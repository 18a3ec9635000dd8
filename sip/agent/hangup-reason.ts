/** Why this side ends a leg; sent as a Reason header (RFC 3326) so that phones show the right thing. */
export type HangupReason =
  'normal' | 'answered-elsewhere' | 'no-answer' | 'caller-gone' | 'media-lost' | 'no-common-codec' | 'failed'

const headerOf = {
  normal: 'Q.850;cause=16;text="Normal call clearing"',
  // The words phones look for before they count a missed call.
  'answered-elsewhere': 'SIP;cause=200;text="Call completed elsewhere"',
  'no-answer': 'Q.850;cause=19;text="No answer from user"',
  'caller-gone': 'SIP;cause=487;text="Originator cancel"',
  'media-lost': 'Q.850;cause=31;text="Media lost"',
  'no-common-codec': 'SIP;cause=488;text="Not acceptable here"',
  failed: 'Q.850;cause=41;text="Temporary failure"',
} as const satisfies Record<HangupReason, string>

export function reasonHeader(reason: HangupReason): { readonly Reason: string } {
  return { Reason: headerOf[reason] }
}
