import { test } from 'tap'
import type { DeviceId, UserId } from '../../../core/ids.ts'
import type { Binding } from '../binding.ts'
import { registrationInfoBody } from './registration-info-body.ts'

const binding: Binding = {
  deviceId: 'dev_1' as DeviceId,
  userId: 'usr_1' as UserId,
  contact: 'sip:1001@192.0.2.5:5062;line=a&b',
  callId: 'x<y>@host',
  cseq: 7,
  q: 0.5,
  path: [],
  transport: 'udp',
  remoteAddress: '192.0.2.5',
  remotePort: 5062,
  userAgent: '',
  registeredAtMs: 10_000,
  expiresAtMs: 310_000,
}

void test('where an account is registered', (t) => {
  const body = registrationInfoBody({ uri: 'sip:1001@x', bindings: [binding], version: 3, nowMs: 70_000 })
  t.match(body, '<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" version="3" state="full">\r\n')
  t.match(body, /<registration aor="sip:1001@x" id="[0-9a-f]{16}" state="active">\r\n/)
  t.match(
    body,
    /<contact id="[0-9a-f]{16}" state="active" event="registered" duration-registered="60" expires="240" q="0.5" /,
  )
  t.match(body, 'callid="x&lt;y&gt;@host" cseq="7"><uri>sip:1001@192.0.2.5:5062;line=a&amp;b</uri></contact>\r\n')
  t.end()
})

void test('ids stay and differ', (t) => {
  const idsOf = (nowMs: number) => {
    const bindings = [binding, { ...binding, contact: 'sip:1001@192.0.2.6' }]
    const body = registrationInfoBody({ uri: 'sip:1001@x', bindings, version: nowMs, nowMs })
    return [...body.matchAll(/ id="([0-9a-f]+)"/g)].map(([, id]) => id)
  }
  t.strictSame(idsOf(1), idsOf(2))
  t.equal(new Set(idsOf(1)).size, 3)
  t.end()
})

void test('nowhere', (t) => {
  const body = registrationInfoBody({ uri: 'sip:"@x', bindings: [], version: 0, nowMs: 0 })
  t.match(body, /aor="sip:&quot;@x" id="[0-9a-f]+" state="terminated">\r\n<\/registration>\r\n<\/reginfo>\r\n$/)
  t.end()
})
