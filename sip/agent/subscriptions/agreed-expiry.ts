/** Bounds of a subscription's life, in seconds. */
export const subscriptionExpiry = { min: 60, max: 3600 } as const

export type AgreedExpiry =
  | { readonly kind: 'agreed'; readonly seconds: number }
  | { readonly kind: 'too-brief' }
  | { readonly kind: 'malformed' }

/** What is granted for an Expires header: the notifier may shorten, never lengthen (RFC 6665 4.2.1.1). 0 asks once. */
export function agreedExpiry(asked: string | undefined): AgreedExpiry {
  if (asked === undefined) return { kind: 'agreed', seconds: subscriptionExpiry.max }
  if (!/^[0-9]{1,10}$/.test(asked.trim())) return { kind: 'malformed' }
  const seconds = Number(asked)
  if (seconds > 0 && seconds < subscriptionExpiry.min) return { kind: 'too-brief' }
  return { kind: 'agreed', seconds: Math.min(seconds, subscriptionExpiry.max) }
}
