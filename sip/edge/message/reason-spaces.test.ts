import { test } from 'tap'
import { parseMessage } from './parse-message.ts'

const reasons = [
  ['Ringing', 'Ringing'],
  ['Ringing\t \t', 'Ringing'],
  ['\tNot Here', 'Not Here'],
  ['a\tb', 'a\tb'],
  ['大停電\t', '大停電'],
  ['  ', ''],
] as const

for (const [written, meant] of reasons) {
  void test(`the reason ${JSON.stringify(written)} is read, written and read again alike`, (t) => {
    const parsed = parseMessage(
      Buffer.from(
        `SIP/2.0 180 ${written}\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n` +
          'To: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n',
      ),
    )
    if (!parsed.ok || parsed.message.kind !== 'response') throw new Error('no response')
    t.equal(parsed.message.reason, meant)
    parsed.message.set('X-Changed', 'so that it is written anew')
    t.match(parseMessage(parsed.message.toBuffer()), { ok: true, message: { reason: meant } })
    t.end()
  })
}
