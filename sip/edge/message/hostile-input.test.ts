import { test } from 'tap'
import { parseMessage } from './parse-message.ts'
import { StreamFramer } from './stream-framer.ts'

const good =
  'OPTIONS sip:b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>\r\nCall-ID: c\r\n' +
  'CSeq: 1 OPTIONS\r\n'

const size = 30_000

function filled(piece: string): string {
  return piece.repeat(Math.floor(size / piece.length))
}

/** Messages that make a careless parser look at every byte again for every byte. */
const hostile: readonly (readonly [title: string, text: string])[] = [
  ['blanks in the start line', `A x${filled(' ')}\r\n\r\n`],
  ['blanks and versions in the start line', `A ${filled('SIP/2.0 ')}x\r\n\r\n`],
  ['blanks in a folded header', `${good}X: a${filled(' ')}b\r\n c\r\n\r\n`],
  ['a header folded again and again', `${good}X: ${filled('a\r\n ')}\r\n\r\n`],
  ['lines without a colon', `${good}${filled('a\r\n')}\r\n`],
  ['lines of one colon', `${good}${filled(':\n')}\r\n`],
  ['empty headers', `${good}${filled('a:\n')}\r\n`],
  ['line feeds', `${good}X: y${filled('\n ')}\r\n\r\n`],
  ['an address of escapes', `${good.replace('sip:b ', `sip:${filled('%41')} `)}\r\n`],
  ['an address of colons', `${good.replace('sip:b ', `sip:${filled(':')}@b `)}\r\n`],
  ['an address of semicolons', `${good.replace('sip:b ', `sip:b${filled(';')}" `)}\r\n`],
  ['open quotes', `${good}Contact: ${filled('"')}\r\n\r\n`],
  ['backslashes', `${good}Contact: "${filled('\\')}\r\n\r\n`],
  ['escaped quotes', `${good}Contact: ${filled('\\"')}\r\n\r\n`],
  ['open brackets', `${good}Contact: ${filled('<')}\r\n\r\n`],
  ['commas', `${good}Contact: ${filled(',')}\r\n\r\n`],
  ['parameters', `${good}Contact: <sip:a>${filled(';a')}\r\n\r\n`],
  ['a Via of blanks', `${good.replace('SIP/2.0/UDP', `SIP${filled(' ')}/2.0/UDP`)}\r\n`],
  ['digits', `${good}Content-Length: ${filled('1')}\r\n\r\n`],
  ['keep-alives', filled('\r\n')],
]

for (const [title, text] of hostile) {
  void test(`${title} cost little`, async (t) => {
    const bytes = Buffer.from(text)
    const startedAt = process.cpuUsage()
    parseMessage(bytes)
    new StreamFramer().push(bytes)
    const framer = new StreamFramer()
    for (let at = 0; at < 8_000; at++) framer.push(bytes.subarray(at, at + 1))
    const { user, system } = process.cpuUsage(startedAt)
    t.ok(user + system < 400_000, `${(user + system) / 1000} ms`)
  })
}
