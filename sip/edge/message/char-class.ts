// Characters by class, as a table: testing one costs a load, where a regular expression costs a call.

const isTokenByte = new Uint8Array(256)
for (const char of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~") {
  isTokenByte[char.charCodeAt(0)] = 1
}

/** The index of the first character at or after `from` that is not of a token (RFC 3261 25.1). */
export function tokenEnd(text: string, from: number): number {
  let at = from
  while (at < text.length && isTokenByte[text.charCodeAt(at)] === 1) at++
  return at
}

export function isBlank(char: number): boolean {
  return char === 0x20 || char === 0x09
}

/** The index of the first character at or after `from` that is neither space nor tab. */
export function skipBlanks(text: string, from: number): number {
  let at = from
  while (isBlank(text.charCodeAt(at))) at++
  return at
}

export function isDigit(char: number): boolean {
  return char >= 0x30 && char <= 0x39
}

export function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false
  return true
}

/** Whether there is nothing in it but spaces and what ASCII can print. */
export function isPrintable(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (char < 0x20 || char > 0x7e) return false
  }
  return true
}
