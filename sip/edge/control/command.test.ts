import { test } from 'tap'
import { parseCommand } from './command.ts'

const parse = (text: string) => parseCommand(Buffer.from(text))

void test('commands without a message', (t) => {
  const cases: [string, object][] = [
    ['1|authenticate|secret|a,b,', { kind: 'authenticate', secret: 'secret', tags: ['a', 'b'] }],
    ['1|authenticate|secret', { kind: 'authenticate', secret: 'secret', tags: [] }],
    ['1|route|INVITE', { kind: 'route', verb: 'invite' }],
    ['1|remove_route|bye', { kind: 'remove_route', verb: 'bye' }],
    ['1|ping', { kind: 'ping' }],
    ['1|bogus|x', { kind: 'refused', reason: 'Unknown message type', isFatal: true }],
    ['1', { kind: 'refused', reason: 'Unknown message type', isFatal: true }],
    ['1|sip||\r\nno message', { kind: 'refused', reason: 'invalid request-uri: no message', isFatal: false }],
    ['1|sip||', { kind: 'refused', isFatal: false }],
    ['1|sip||\r\nSIP/2.0 200 OK\r\n\r\n', { kind: 'refused', reason: 'transaction id missing', isFatal: true }],
    ['1|proxy|txn|||', { kind: 'refused', isFatal: true }],
  ]
  for (const [text, expected] of cases) t.match(parse(text), { id: '1', ...expected }, text)
  t.end()
})

void test('commands with a message', (t) => {
  const respond = parse('1|sip|txn|\r\nSIP/2.0 180 Ringing\r\nx-a: 1\r\n\r\nbody')
  t.equal(respond.kind === 'respond' && respond.transactionId, 'txn')
  t.equal(respond.kind === 'respond' && respond.response.body.toString(), 'body')
  const cancel = parse('1|sip|txn|\r\nCANCEL sip:a@b SIP/2.0\r\n\r\n')
  t.equal(cancel.kind, 'cancel')
  const inside = parse('1|sip||dialog\r\nBYE sip:placeholder SIP/2.0\r\n\r\n')
  t.equal(inside.kind === 'request' && inside.dialogId, 'dialog')
  const outside = parse('1|sip|||sip:proxy;transport=tcp\r\nINVITE sip:a@b SIP/2.0\r\n\r\n')
  t.equal(outside.kind === 'request' && outside.proxy, 'sip:proxy;transport=tcp')
  t.end()
})

void test('proxy', (t) => {
  const head = '1|proxy|txn|remainInDialog|fullResponse|followRedirects|simultaneous|1500ms|18s|sip:a@b|sip:c@d'
  const all = parse(`${head}\r\nINVITE sip:a@b SIP/2.0\r\nX-A: 1\r\n\r\n`)
  t.match(all, {
    kind: 'proxy',
    transactionId: 'txn',
    isRecordRouted: true,
    isFullResponse: true,
    isFollowingRedirects: true,
    isSimultaneous: true,
    provisionalMs: 1500,
    finalMs: 18_000,
    destinations: ['sip:a@b', 'sip:c@d'],
  })
  t.equal(all.kind === 'proxy' && all.request?.get('X-A'), '1')
  t.match(parse('1|proxy|txn||||serial|||sip:a@b'), {
    kind: 'proxy',
    isRecordRouted: false,
    isFullResponse: false,
    isFollowingRedirects: false,
    isSimultaneous: false,
    provisionalMs: undefined,
    finalMs: undefined,
    destinations: ['sip:a@b'],
    request: undefined,
  })
  t.end()
})
