export interface CSeq {
  readonly number: number
  readonly method: string
}

/** RFC 3261 8.1.1.5: the number is below 2^31. Undefined when malformed. */
export function parseCSeq(text: string): CSeq | undefined {
  const parts = /^(\d{1,10})\s+([A-Za-z0-9\-.!%*_+`'~]+)$/.exec(text)
  if (!parts?.[2]) return undefined
  const number = Number(parts[1])
  return number < 2 ** 31 ? { number, method: parts[2] } : undefined
}
