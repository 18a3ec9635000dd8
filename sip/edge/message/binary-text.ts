import { isUtf8 } from 'node:buffer'
import { isAscii } from './char-class.ts'

// Inside the parser a header section is a "binary string": one character (0 to 255) for each byte on the wire. That is
// cheap to make, keeps every byte through a round trip, and its offsets are byte offsets.

/** Bytes, one a character, read as UTF-8; bytes that are not UTF-8 stay one character each. */
export function textOfBinary(binary: string): string {
  if (isAscii(binary)) return binary
  const bytes = Buffer.from(binary, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : binary
}

/** Text as the UTF-8 bytes it has on the wire, one byte a character. */
export function binaryOfText(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}
