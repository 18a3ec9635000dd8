import type { HeaderField } from './header-field.ts'
import { headerBits } from './header-names.ts'

const contentLength = headerBits('Content-Length')

/**
 * The fields but Content-Length as they go on the wire, each ending in CRLF. Fields that stand together in their source
 * are taken in one piece.
 */
export function writeFields(fields: readonly HeaderField[]): string {
  let text = ''
  let source = ''
  let start = 0
  let end = -2
  for (const field of fields) {
    if (field.kind.bit === contentLength) continue
    if (field.source === source && field.start === end + 2) {
      end = field.end
      continue
    }
    if (end > 0) text += source.slice(start, end) + '\r\n'
    source = field.source
    start = field.start
    end = field.end
  }
  return end > 0 ? text + source.slice(start, end) + '\r\n' : text
}
