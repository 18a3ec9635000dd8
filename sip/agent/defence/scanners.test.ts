import { test } from 'tap'
import { isScanner } from './scanners.ts'

const agents = [
  ['friendly-scanner', true],
  ['SIPVicious/0.3.3', true],
  ['sipcli/v1.8', true],
  ['sip-scan', true],
  ['cisco-sipscan', true],
  ['sundayddr', true],
  ['pplsip', true],
  ['VaxSIPUserAgent/3.5', true],
  ['VaxIPUserAgent', true],
  ['iWar', true],
  ['sivus', true],
  ['smap 0.6.0', true],
  ['Yealink SIP-T46G 28.83.0.50', false],
  ['snomD385/10.1.73.16', false],
  ['baresip v1.0.0 (x86_64/linux)', false],
  ['sipsak 0.9.7', false],
  ['Smappee', false],
  ['Ziwar Phone', false],
  ['', false],
] as const

for (const [agent, isOne] of agents) {
  void test(`${agent || 'nothing'} is ${isOne ? 'a' : 'no'} scanner`, (t) => {
    t.equal(isScanner(agent), isOne)
    t.end()
  })
}
