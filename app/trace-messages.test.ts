import { test } from 'tap'
import { SipTrace } from '../sip/agent/sip-trace.ts'
import { traceMessage } from './trace-messages.ts'

function message(lines: readonly string[], direction: 'in' | 'out' = 'in') {
  const bytes = Buffer.from([...lines, '', ''].join('\r\n'))
  return { atMs: 1, direction, protocol: 'udp', local: '192.0.2.1:5060', remote: '192.0.2.7:5062', bytes } as const
}

void test("a call's messages are kept with their direction, others are not", (t) => {
  const trace = new SipTrace()
  traceMessage(trace, message(['INVITE sip:1002@office SIP/2.0', 'i: abc', 'CSeq: 1 INVITE']))
  traceMessage(trace, message(['SIP/2.0 180 Ringing', 'Call-ID:  abc ', 'cseq : 1  INVITE'], 'out'))
  traceMessage(trace, message(['REGISTER sip:office SIP/2.0', 'Call-ID: r', 'CSeq: 1 REGISTER']))
  traceMessage(trace, message(['garbage']))
  t.match(trace.ladderOf(['abc']), [
    { from: '192.0.2.7:5062', to: '192.0.2.1:5060', summary: 'INVITE sip:1002@office SIP/2.0', cseq: '1 INVITE' },
    { from: '192.0.2.1:5060', to: '192.0.2.7:5062', summary: 'SIP/2.0 180 Ringing', cseq: '1 INVITE' },
  ])
  t.equal(trace.size, 1)
  t.end()
})

void test('the trace is bounded in calls and in messages of a call', (t) => {
  const trace = new SipTrace(2, 3)
  for (const id of ['a', 'b', 'c']) {
    for (let n = 0; n < 5; n++) traceMessage(trace, message([`BYE sip:x SIP/2.0`, `Call-ID: ${id}`, 'CSeq: 2 BYE']))
  }
  t.equal(trace.size, 2)
  t.equal(trace.ladderOf(['a']).length, 0, 'the oldest is gone')
  t.equal(trace.ladderOf(['b', 'c']).length, 6)
  trace.forget(['b'])
  t.equal(trace.size, 1)
  t.end()
})
