import { test } from 'tap'
import { AllowList } from './allow-list.ts'

const allowed = new AllowList(['192.0.2.0/24', '198.51.100.7', '2001:db8::/32', '::1'])

const cases = [
  ['192.0.2.255', true],
  ['192.0.3.1', false],
  ['198.51.100.7', true],
  ['198.51.100.8', false],
  ['2001:db8:9::1', true],
  ['2001:db9::1', false],
  ['::1', true],
  ['fe80::1%eth0', false],
  ['', false],
] as const

for (const [address, isAllowed] of cases) {
  void test(`${address || 'no address'} is ${isAllowed ? '' : 'not '}on the list`, (t) => {
    t.equal(allowed.has(address), isAllowed)
    t.end()
  })
}
