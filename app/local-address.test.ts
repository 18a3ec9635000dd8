import type { NetworkInterfaceInfo } from 'node:os'
import { test } from 'tap'
import { localAddressTowards } from './local-address.ts'

function v4(address: string, prefix: number, internal = false): NetworkInterfaceInfo {
  return { address, netmask: '', family: 'IPv4', mac: '', internal, cidr: `${address}/${prefix}` }
}

function v6(address: string, prefix: number, internal = false): NetworkInterfaceInfo {
  return { address, netmask: '', family: 'IPv6', mac: '', internal, cidr: `${address}/${prefix}`, scopeid: 0 }
}

const machine = {
  lo: [v4('127.0.0.1', 8, true), v6('::1', 128, true)],
  eth0: [v4('192.0.2.10', 24), v6('fe80::1', 64), v6('2001:db8::10', 64)],
  vpn: [v4('10.8.0.1', 16)],
}

const cases = [
  ['127.0.0.1', machine, '127.0.0.1'],
  ['127.0.0.9', machine, '127.0.0.1'],
  ['192.0.2.77', machine, '192.0.2.10'],
  ['10.8.200.3', machine, '10.8.0.1'],
  ['198.51.100.1', machine, '192.0.2.10'],
  [undefined, machine, '192.0.2.10'],
  ['2001:db8::99', machine, '2001:db8::10'],
  ['2001:db8:1::1', machine, '2001:db8::10'],
  ['198.51.100.1', { lo: machine.lo }, '127.0.0.1'],
  ['2001:db8::99', { lo: [] }, '::1'],
  ['198.51.100.1', { gone: undefined }, '127.0.0.1'],
] as const

for (const [peer, interfaces, expected] of cases) {
  void test(`${peer ?? 'an unknown peer'} reaches ${expected}`, (t) => {
    t.equal(localAddressTowards(peer, interfaces), expected)
    t.end()
  })
}
