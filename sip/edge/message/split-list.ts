import { closingQuote } from './quoting.ts'

/**
 * The trimmed elements of a list, split where the separator stands outside quoted-strings and `<>`. Empty elements are
 * kept. An unterminated quote or bracket swallows the rest into the last element.
 */
export function splitList(text: string, separator: ',' | ';' | '&' = ','): string[] {
  if (!text.includes(separator)) return [text.trim()]
  if (!text.includes('"') && !text.includes('<')) return text.split(separator).map((element) => element.trim())
  const elements: string[] = []
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '"' || char === '<') {
      const close = char === '"' ? closingQuote(text, at) : closingBracket(text, at)
      if (close < 0) break
      at = close
    } else if (char === separator) {
      elements.push(text.slice(start, at).trim())
      start = at + 1
    }
  }
  elements.push(text.slice(start).trim())
  return elements
}

function closingBracket(text: string, from: number): number {
  return text.indexOf('>', from)
}
