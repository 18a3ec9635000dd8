import { test } from 'tap'
import { defaultMessageLimits } from './message-limits.ts'
import type { ParseFault } from './parse-fault.ts'
import type { AnySipMessage } from './parse-message.ts'
import type { SipRequest } from './sip-request.ts'
import { StreamFramer } from './stream-framer.ts'

function text(callId: string, body = '', length: string | null = String(body.length)): string {
  const lines = [
    'MESSAGE sip:bob@b SIP/2.0',
    'Via: SIP/2.0/TCP a;branch=z9hG4bK1',
    'From: <sip:alice@a>;tag=1',
    'To: <sip:bob@b>',
    `Call-ID: ${callId}`,
    'CSeq: 1 MESSAGE',
    ...(length === null ? [] : [`Content-Length: ${length}`]),
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

interface Heard {
  readonly messages: AnySipMessage[]
  readonly faults: [fault: ParseFault, isFatal: boolean, request: SipRequest | undefined][]
  pings: number
  readonly framer: StreamFramer
}

/** A framer that was given the bytes in pieces of this size. */
function heard(stream: string, size = stream.length || 1, limits = defaultMessageLimits): Heard {
  const faults: Heard['faults'] = []
  const framer = new StreamFramer({
    limits,
    malformed: (...args) => faults.push(args),
    ping: () => result.pings++,
  })
  const result: Heard = { messages: [], faults, pings: 0, framer }
  const bytes = Buffer.from(stream)
  for (let at = 0; at < bytes.length; at += size) {
    result.messages.push(...framer.push(Buffer.from(bytes.subarray(at, at + size))))
  }
  return result
}

const stream = `\r\n\r\n${text('one', 'hello')}\r\n${text('two')}\r\n\r\n${text('three', '\r\n\r\nü\r\n', '8')}`

for (const size of [1, 2, 3, 7, 64, 1000]) {
  void test(`messages and keep-alives in pieces of ${size}`, async (t) => {
    const { messages, faults, pings, framer } = heard(stream, size)
    t.same(
      messages.map((message) => [message.callId, message.body.toString()]),
      [
        ['one', 'hello'],
        ['two', ''],
        ['three', '\r\n\r\nü\r\n'],
      ],
    )
    t.same(faults, [])
    t.equal(pings, 2)
    t.notOk(framer.isInMessage)
  })
}

void test('messages stay whole when later bytes come', async (t) => {
  const framer = new StreamFramer()
  const both = Buffer.from(text('one', 'first') + text('two', 'second'))
  const messages = [...both].flatMap((byte) => framer.push(Buffer.from([byte])))
  t.same(
    messages.map((message) => message.toString()),
    [text('one', 'first'), text('two', 'second')],
  )
})

void test('a lone CRLF is neither ping nor message', async (t) => {
  const { pings, framer } = heard('\r\n')
  t.equal(pings, 0)
  t.notOk(framer.isInMessage)
  t.same(framer.push(Buffer.from(text('one'))).length, 1)
})

void test('a message in work is known', async (t) => {
  t.ok(heard('MESS').framer.isInMessage)
  t.ok(heard(text('one', 'abc', '9')).framer.isInMessage)
  t.ok(heard(text('one', '', '9')).framer.isInMessage)
})

const fatal: readonly (readonly [title: string, stream: string, code: string, isAnswerable: boolean])[] = [
  ['no Content-Length', text('one', '', null), 'missing-header', true],
  ['a negative Content-Length', text('one', '', '-1'), 'bad-header', true],
  ['garbage', 'hello\r\n\r\n', 'not-sip', false],
  ['an empty line of another kind', text('one').replace('\r\nFrom', '\n\nFrom'), 'bad-line', true],
  ['a body over the limit', text('one', '', '999999'), 'message-too-large', true],
  ['endless headers', text('one').replace('\r\n\r\n', `\r\nX: ${'x'.repeat(40_000)}`), 'headers-too-large', false],
]

for (const [title, bytes, code, isAnswerable] of fatal) {
  void test(`${title} ends the framing`, async (t) => {
    const { messages, faults, framer } = heard(`${bytes}${text('two')}`, 1000)
    t.same(messages, [])
    t.equal(faults.length, 1)
    t.match(faults[0], [{ code }, true])
    t.equal(faults[0]?.[2] !== undefined, isAnswerable)
    t.ok(framer.isBroken)
    t.same(framer.push(Buffer.from(text('three'))), [])
  })
}

void test('a message that is wrong but framed is refused, and the next one is taken', async (t) => {
  const { messages, faults, framer } = heard(`${text('one').replace('1 MESSAGE', '1 INVITE')}${text('two')}`)
  t.match(faults, [[{ code: 'method-mismatch' }, false, { callId: 'one' }]])
  t.same(
    messages.map((message) => message.callId),
    ['two'],
  )
  t.notOk(framer.isBroken)
})
