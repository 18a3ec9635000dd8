import { tokenEnd } from './char-class.ts'

/** RFC 3261 25.1 token. */
export function isToken(text: string): boolean {
  return text.length > 0 && tokenEnd(text, 0) === text.length
}

/** A quoted-string holding `text`. */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** What a quoted-string says; any other text as it is. */
export function unquote(text: string): string {
  if (text.length < 2 || text.charCodeAt(0) !== 0x22 || text.charCodeAt(text.length - 1) !== 0x22) return text
  const inner = text.slice(1, -1)
  return inner.includes('\\') ? inner.replace(/\\([^])/g, '$1') : inner
}

/** Where the quoted-string that opens at `from` closes (index of the closing quote); -1 when it never does. */
export function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from + 1)
  while (at >= 0 && isEscaped(text, at)) at = text.indexOf('"', at + 1)
  return at
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes++
  return backslashes % 2 === 1
}
