import { test } from 'tap'
import { answerFault } from './answer-fault.ts'
import { defaultMessageLimits } from './message-limits.ts'
import { describeFault, statusForFault } from './parse-fault.ts'
import { parseLoosely, parseMessage, type ParseOutcome } from './parse-message.ts'

const good = [
  'OPTIONS sip:bob@b.example SIP/2.0',
  'Via: SIP/2.0/UDP a.example;branch=z9hG4bK1',
  'From: <sip:alice@a.example>;tag=1',
  'To: <sip:bob@b.example>',
  'Call-ID: c1@a.example',
  'CSeq: 7 OPTIONS',
  'Max-Forwards: 70',
  'Content-Length: 0',
]

/** The good message with lines replaced (by their name), left out (undefined) or added. */
function parse(changes: Record<string, string | undefined> = {}, body = ''): ParseOutcome {
  const lines = good.map((line) => {
    const name = line.split(/[ :]/, 1)[0] ?? ''
    return name in changes ? changes[name] : line
  })
  const added = Object.entries(changes).filter(([name]) => !good.some((line) => line.startsWith(name)))
  const all = [...lines, ...added.map(([, line]) => line)].filter((line) => line !== undefined)
  return parseMessage(Buffer.from(`${all.join('\r\n')}\r\n\r\n${body}`))
}

void test('a good message is taken and written as it came, without a copy', async (t) => {
  const bytes = Buffer.from(`${good.join('\r\n')}\r\n\r\n`)
  const outcome = parseMessage(bytes)
  if (!outcome.ok || outcome.message.kind !== 'request') throw new Error('refused')
  t.equal(outcome.message.method, 'OPTIONS')
  t.equal(outcome.message.callId, 'c1@a.example')
  t.same(outcome.message.cseq, { number: 7, method: 'OPTIONS' })
  t.equal(outcome.message.toBuffer(), bytes)
})

const faults: readonly (readonly [
  title: string,
  changes: Record<string, string | undefined>,
  fault: object,
  status: number,
])[] = [
  ['no Via', { Via: undefined }, { code: 'missing-header', header: 'Via' }, 400],
  ['no From', { From: undefined }, { code: 'missing-header', header: 'From' }, 400],
  ['no To', { To: undefined }, { code: 'missing-header', header: 'To' }, 400],
  ['no Call-ID', { 'Call-ID': undefined }, { code: 'missing-header', header: 'Call-ID' }, 400],
  ['no CSeq', { CSeq: undefined }, { code: 'missing-header', header: 'CSeq' }, 400],
  ['two From', { f: 'f: <sip:x@y>;tag=2' }, { code: 'duplicate-header', header: 'From' }, 400],
  ['two Call-ID', { i: 'i: other' }, { code: 'duplicate-header', header: 'Call-ID' }, 400],
  ['two Max-Forwards', { MAX: 'max-forwards: 1' }, { code: 'duplicate-header', header: 'Max-Forwards' }, 400],
  ['two Content-Length', { l: 'l: 0' }, { code: 'duplicate-header', header: 'Content-Length' }, 400],
  ['two Refer-To', { r: 'r: <sip:a@b>\r\nRefer-To: <sip:c@d>' }, { code: 'duplicate-header', header: 'Refer-To' }, 400],
  ['a CSeq without a method', { CSeq: 'CSeq: 7' }, { code: 'bad-header', header: 'CSeq' }, 400],
  ['a CSeq of 2^31', { CSeq: 'CSeq: 2147483648 OPTIONS' }, { code: 'bad-header', header: 'CSeq' }, 400],
  ['a CSeq that is no number', { CSeq: 'CSeq: x OPTIONS' }, { code: 'bad-header', header: 'CSeq' }, 400],
  ['a CSeq of another method', { CSeq: 'CSeq: 7 INVITE' }, { code: 'method-mismatch', cseqMethod: 'INVITE' }, 400],
  ['a method in another case', { CSeq: 'CSeq: 7 options' }, { code: 'method-mismatch' }, 400],
  ['an empty Call-ID', { 'Call-ID': 'Call-ID:' }, { code: 'bad-header', header: 'Call-ID' }, 400],
  ['a Call-ID of two words', { 'Call-ID': 'Call-ID: a b' }, { code: 'bad-header', header: 'Call-ID' }, 400],
  ['an open quote in To', { To: 'To: "Bob <sip:bob@b>' }, { code: 'bad-header', header: 'To' }, 400],
  ['a Contact without an address', { m: 'm: bob' }, { code: 'bad-header', header: 'Contact' }, 400],
  ['Max-Forwards that is no number', { 'Max-Forwards': 'Max-Forwards: x' }, { code: 'bad-header' }, 400],
  ['a negative Content-Length', { 'Content-Length': 'Content-Length: -1' }, { code: 'bad-header' }, 400],
  ['a fractional Content-Length', { 'Content-Length': 'Content-Length: 1.5' }, { code: 'bad-header' }, 400],
  [
    'a body shorter than promised',
    { 'Content-Length': 'Content-Length: 9' },
    { code: 'short-body', expected: 9, got: 0 },
    400,
  ],
  ['a line without a colon', { X: 'nonsense' }, { code: 'bad-line', line: 'nonsense' }, 400],
  ['a line without a name', { X: ': value' }, { code: 'bad-line' }, 400],
  ['a name with a space inside', { X: 'X Y: value' }, { code: 'bad-line' }, 400],
  ['a lone CR in a value', { X: 'X: a\rVia: b' }, { code: 'bad-line' }, 400],
  ['a lone CR in a folded value', { X: 'X: a\r\n b\rVia: c' }, { code: 'bad-line' }, 400],
  ['a bad escape in the URI', { OPTIONS: 'OPTIONS sip:b%zz@b SIP/2.0' }, { code: 'bad-uri' }, 400],
  ['no scheme in the URI', { OPTIONS: 'OPTIONS bob SIP/2.0' }, { code: 'bad-uri' }, 400],
  [
    'a scheme nobody knows',
    { OPTIONS: 'OPTIONS gopher://b SIP/2.0' },
    { code: 'unknown-scheme', scheme: 'gopher' },
    416,
  ],
  ['SIP/3.0', { OPTIONS: 'OPTIONS sip:b SIP/3.0' }, { code: 'bad-version', version: 'SIP/3.0' }, 505],
  ['a URI with a space', { OPTIONS: 'OPTIONS sip:b c SIP/2.0' }, { code: 'bad-start-line' }, 400],
]

for (const [title, changes, fault, status] of faults) {
  void test(`${title} is answered ${status}`, async (t) => {
    const outcome = parse(changes)
    t.match(outcome, { ok: false, fault })
    if (outcome.ok || !outcome.message) return
    const answer = answerFault(outcome.fault, outcome.message, 'here')
    t.equal(answer?.status, status)
    t.equal(answer?.reason, describeFault(outcome.fault))
    t.equal(answer?.has('Via'), changes['Via'] !== undefined || !('Via' in changes), 'with the Via if there was one')
  })
}

const dropped: readonly (readonly [title: string, text: string, code: string])[] = [
  ['nothing', '', 'not-sip'],
  ['a lone CR in the start line', 'OPTIONS sip:a@b\rX SIP/2.0\r\n\r\n', 'not-sip'],
  ['garbage', '\x00\x01\x02\xff', 'not-sip'],
  ['HTTP', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'not-sip'],
  ['a lone status line', 'SIP/2.0 99 Low\r\n\r\n', 'bad-status'],
  ['a status of four digits', 'SIP/2.0 2000 OK\r\n\r\n', 'bad-status'],
  ['a status above 699', 'SIP/2.0 700 No\r\n\r\n', 'bad-status'],
  ['a response without headers', 'SIP/2.0 200 OK\r\n\r\n', 'missing-header'],
  ['an ACK without headers', 'ACK sip:a@b SIP/2.0\r\n\r\n', 'missing-header'],
]

for (const [title, text, code] of dropped) {
  void test(`${title} is dropped`, async (t) => {
    const outcome = parseMessage(Buffer.from(text, 'latin1'))
    t.match(outcome, { ok: false, fault: { code }, message: undefined })
  })
}

void test('a datagram cut off in its headers is answered if it names itself', async (t) => {
  const whole = Buffer.from(`${good.join('\r\n')}\r\n\r\n`)
  for (let length = 0; length < whole.length; length++) {
    const outcome = parseMessage(whole.subarray(0, length))
    if (outcome.ok) t.fail(`taken at ${length}`)
  }
  t.match(parseMessage(whole.subarray(0, whole.length - 2)), {
    fault: { code: 'truncated' },
    message: { callId: 'c1@a.example' },
  })
})

void test('sizes are bounded', async (t) => {
  const limits = { ...defaultMessageLimits, messageBytes: 2_000, headerBytes: 1_000, headerFields: 20 }
  const with_ = (lines: readonly string[], body = '') =>
    parseMessage(Buffer.from(`${[...good.slice(0, -1), ...lines].join('\r\n')}\r\n\r\n${body}`), limits)
  t.match(with_([], 'x'.repeat(2_000)), { fault: { code: 'message-too-large', limit: 2_000 } })
  t.match(with_([`X: ${'x'.repeat(1_000)}`]), { fault: { code: 'headers-too-large', limit: 1_000 } })
  t.match(with_(Array.from({ length: 20 }, () => 'X: y')), { fault: { code: 'headers-too-large' } })
  t.equal(statusForFault({ code: 'message-too-large', bytes: 1, limit: 1 }), 413)
  t.ok(with_([]).ok)
})

void test('the body ends where Content-Length says, or with the datagram', async (t) => {
  const body = (outcome: ParseOutcome) => (outcome.ok ? outcome.message.body.toString() : 'refused')
  t.equal(body(parse({ 'Content-Length': 'Content-Length: 3' }, 'abcdef')), 'abc')
  t.equal(body(parse({ 'Content-Length': undefined }, 'abcdef')), 'abcdef')
  t.equal(body(parse({}, 'abcdef')), '')
})

void test('trailing bytes are not written again, and a missing Content-Length is', async (t) => {
  const written = (outcome: ParseOutcome) => (outcome.ok ? outcome.message.toString() : 'refused')
  t.match(written(parse({ 'Content-Length': 'Content-Length: 3' }, 'abcdef')), /Content-Length: 3\r\n\r\nabc$/)
  t.match(written(parse({ 'Content-Length': undefined }, 'abcdef')), /Content-Length: 6\r\n\r\nabcdef$/)
})

void test('any byte may stand in a body', async (t) => {
  const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
  const head = Buffer.from(`${good.slice(0, -1).join('\r\n')}\r\nContent-Length: 256\r\n\r\n`)
  const outcome = parseMessage(Buffer.concat([head, every]))
  if (!outcome.ok) throw new Error('refused')
  t.same(outcome.message.body, every)
  t.same(outcome.message.set('X', 'y').toBuffer().subarray(-256), every)
})

void test('headers are found in any case, compact, folded, with blanks before the colon', async (t) => {
  const outcome = parse({
    Via: 'v :SIP/2.0/UDP a.example\r\n ;branch=z9hG4bK1,\r\n\tSIP/2.0/TCP b.example',
    'Call-ID': 'call-id\t: c2',
    Subject: 's: one\r\n   two\r\n\tthree',
  })
  if (!outcome.ok) throw new Error(outcome.fault.code)
  const { message } = outcome
  t.same(message.values('VIA'), ['SIP/2.0/UDP a.example ;branch=z9hG4bK1', 'SIP/2.0/TCP b.example'])
  t.equal(message.callId, 'c2')
  t.equal(message.get('subject'), 'one two three')
  t.equal(message.topVia.branch, 'z9hG4bK1')
})

void test('lines may end in a bare LF, and empty lines may come first', async (t) => {
  const outcome = parseMessage(Buffer.from(`\r\n\n${good.join('\n')}\n\n`))
  if (!outcome.ok) throw new Error(outcome.fault.code)
  t.equal(outcome.message.callId, 'c1@a.example')
  const written = outcome.message.set('X', 'y').toString()
  t.notOk(/[^\r]\n/.test(written), 'they are written with CRLF when the message changes')
})

void test('UTF-8 in headers is read as text and written byte for byte', async (t) => {
  const outcome = parse({ From: 'From: "Jürgen 大停電" <sip:alice@a.example>;tag=1' })
  if (!outcome.ok) throw new Error(outcome.fault.code)
  t.equal(outcome.message.from.displayName, 'Jürgen 大停電')
  t.match(outcome.message.set('Subject', 'ß').toString(), /From: "Jürgen 大停電" .*Subject: ß\r\n/s)
})

void test('bytes that are no UTF-8 come through unchanged', async (t) => {
  const bytes = Buffer.from(
    `${good.slice(0, -1).join('\r\n')}\r\nSubject: \xfcber\r\nContent-Length: 0\r\n\r\n`,
    'latin1',
  )
  const outcome = parseMessage(bytes)
  if (!outcome.ok) throw new Error(outcome.fault.code)
  t.equal(outcome.message.get('Subject'), 'über')
  t.ok(outcome.message.set('X', 'y').toBuffer().includes(Buffer.from('Subject: \xfcber\r\n', 'latin1')))
})

void test('what an application hands over need not be complete', async (t) => {
  const response = parseLoosely(Buffer.from('SIP/2.0 200 OK\r\ncseq: 1 INVITE\r\nContent-Length: 0\r\n\r\nv=0\r\n'))
  t.match(response, { kind: 'response', status: 200, reason: 'OK' })
  t.equal(response?.body.toString(), 'v=0\r\n')
  t.equal(response?.cseq.method, 'INVITE')
  t.match(parseLoosely(Buffer.from('BYE sip:placeholder SIP/2.0\r\n\r\n')), { kind: 'request', method: 'BYE' })
  t.equal(parseLoosely(Buffer.from('hello')), undefined)
})
