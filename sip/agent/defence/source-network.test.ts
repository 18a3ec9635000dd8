import { test } from 'tap'
import { networkOf } from './source-network.ts'

const networks = [
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::'],
  ['2001:db8:1:2::1', '2001:db8:1:2::'],
  ['2001:db8::1', '2001:db8:0:0::'],
  ['2001:db8:1::1', '2001:db8:1:0::'],
  ['2001:db8:0:0::', '2001:db8:0:0::'],
  ['::1', '0:0:0:0::'],
  ['::', '0:0:0:0::'],
  ['fe80::1%eth0', 'fe80:0:0:0::'],
] as const

for (const [address, network] of networks) {
  void test(`${address} is of ${network}`, (t) => {
    t.equal(networkOf(address), network)
    t.equal(networkOf(network), network)
    t.end()
  })
}
