import { isDigit, skipBlanks, tokenEnd } from './char-class.ts'

export interface CSeq {
  readonly number: number
  readonly method: string
}

/** RFC 3261 8.1.1.5: the number is below 2^31. Undefined when malformed. */
export function parseCSeq(text: string): CSeq | undefined {
  let number = 0
  let at = 0
  for (; isDigit(text.charCodeAt(at)); at++) number = number * 10 + (text.charCodeAt(at) - 0x30)
  const methodAt = skipBlanks(text, at)
  if (at === 0 || methodAt === at || methodAt === text.length || number >= 2 ** 31) return undefined
  return tokenEnd(text, methodAt) === text.length ? { number, method: text.slice(methodAt) } : undefined
}
