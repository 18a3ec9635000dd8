import { test } from 'tap'
import type { Protocol } from './flow.ts'
import { pickPoint } from './pick-point.ts'

function points(...specs: readonly string[]) {
  return specs.map((spec) => {
    const [protocol = '', host = ''] = spec.split(' ')
    return { protocol: protocol as Protocol, host, port: 5060 }
  })
}

const cases: readonly (readonly [
  points: readonly string[],
  protocol: Protocol,
  address: string,
  host: string | undefined,
])[] = [
  [['udp 0.0.0.0'], 'udp', '10.0.0.9', '0.0.0.0'],
  [['udp 0.0.0.0'], 'udp', '127.0.0.1', '0.0.0.0'],
  [['udp 127.0.0.1', 'udp 10.0.0.1'], 'udp', '10.0.0.9', '10.0.0.1'],
  [['udp 10.0.0.1', 'udp 127.0.0.1'], 'udp', '127.0.0.1', '127.0.0.1'],
  [['udp 127.0.0.1', 'udp 0.0.0.0'], 'udp', '10.0.0.9', '0.0.0.0'],
  [['udp 10.0.0.1', 'udp 0.0.0.0'], 'udp', '127.0.0.1', '0.0.0.0'],
  [['udp 10.0.0.1'], 'udp', '127.0.0.1', '10.0.0.1'],
  [['udp 127.0.0.1'], 'udp', '10.0.0.9', '127.0.0.1'],
  [['udp 0.0.0.0', 'udp ::'], 'udp', '2001:db8::1', '::'],
  [['udp ::1', 'udp 2001:db8::5'], 'udp', '2001:db8::1', '2001:db8::5'],
  [['udp 0.0.0.0'], 'udp', '2001:db8::1', undefined],
  [['tcp 0.0.0.0'], 'udp', '10.0.0.9', undefined],
  [['udp 0.0.0.0', 'tcp 10.0.0.1'], 'tcp', '10.0.0.9', '10.0.0.1'],
]

for (const [specs, protocol, address, host] of cases) {
  void test(`${protocol} to ${address} from ${specs.join(', ')}`, async (t) => {
    t.equal(pickPoint(points(...specs), { protocol, address })?.host, host)
  })
}
