import { test } from 'tap'
import type { DeviceId, UserId } from '../../core/ids.ts'
import type { Binding } from './binding.ts'
import { dialBinding } from './dial-request.ts'

function binding(contact: string, transport: string, remoteAddress: string, remotePort: number): Binding {
  return {
    deviceId: 'dev_1' as DeviceId,
    userId: 'usr_1' as UserId,
    contact,
    callId: 'c',
    cseq: 1,
    q: 1,
    path: [],
    transport,
    remoteAddress,
    remotePort,
    userAgent: '',
    expiresAtMs: 0,
    registeredAtMs: 0,
  }
}

const ways = [
  ['a phone in the same network', 'sip:1@192.0.2.7:5062', 'udp', '192.0.2.7', 5062, 'sip:192.0.2.7:5062'],
  ['one that listens elsewhere than it sends', 'sip:1@192.0.2.7', 'udp', '192.0.2.7', 49152, 'sip:192.0.2.7:5060'],
  ['one behind NAT', 'sip:1@10.0.0.2:5060', 'udp', '203.0.113.9', 61000, 'sip:203.0.113.9:61000'],
  ['one with a name', 'sip:1@phone.local', 'udp', '192.0.2.7', 5060, 'sip:192.0.2.7:5060'],
  ['one on TCP', 'sip:1@192.0.2.7:5060;transport=tcp', 'tcp', '192.0.2.7', 40000, 'sip:192.0.2.7:40000;transport=tcp'],
  ['one with IPv6', 'sip:1@[2001:db8::7]:5062', 'udp', '2001:db8::7', 5062, 'sip:[2001:db8::7]:5062'],
] as const

for (const [who, contact, transport, address, port, proxy] of ways) {
  void test(`${who} is called at ${proxy}`, (t) => {
    const request = dialBinding(
      binding(contact, transport, address, port),
      { name: 'Ana', number: '1' },
      'office',
      'v=0',
    )
    t.match(request, { uri: contact, proxy })
    t.end()
  })
}

const names = [
  ['Ana', 'Ana <sip:1001@office>'],
  ['Ana "A" Ruiz', '"Ana \\"A\\" Ruiz" <sip:1001@office>'],
  ['', '<sip:1001@office>'],
] as const

for (const [name, from] of names) {
  void test(`called phones are shown ${from}`, (t) => {
    const place = binding('sip:1@192.0.2.7', 'udp', '192.0.2.7', 5060)
    const { headers } = dialBinding(place, { name, number: '1001' }, 'office', 'v=0')
    t.equal(headers['From'], from)
    t.equal(headers['P-Asserted-Identity'], from)
    t.end()
  })
}
