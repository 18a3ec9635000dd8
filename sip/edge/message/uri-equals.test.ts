import { test } from 'tap'
import { uriEquals } from './uri-equals.ts'

/** The examples of RFC 3261 19.1.4 and the cells between them. */
const same: readonly (readonly [string, string])[] = [
  ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=on'],
  ['sip:carol@chicago.com;newparam=5', 'sip:carol@chicago.com;security=on'],
  [
    'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
    'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
  ],
  [
    'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
    'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
  ],
  ['SIP:a@b', 'sip:a@b'],
  ['tel:+1', 'tel:+1'],
]

const different: readonly (readonly [string, string])[] = [
  ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
  ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
  ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
  ['sip:a@b', 'sips:a@b'],
  ['sip:a:p@b', 'sip:a:q@b'],
  ['sip:a:p@b', 'sip:a@b'],
  ['sip:b', 'sip:a@b'],
  ['sip:a@b;user=phone', 'sip:a@b'],
  ['sip:a@b;maddr=c', 'sip:a@b'],
  ['sip:a@b;ttl=1', 'sip:a@b;ttl=2'],
  ['sip:a@b?x=1', 'sip:a@b?x=2'],
  ['tel:+1', 'sip:+1@b'],
]

for (const [left, right] of same) {
  void test(`${left} equals ${right}`, async (t) => {
    t.ok(uriEquals(left, right))
    t.ok(uriEquals(right, left))
  })
}

for (const [left, right] of different) {
  void test(`${left} does not equal ${right}`, async (t) => {
    t.notOk(uriEquals(left, right))
    t.notOk(uriEquals(right, left))
  })
}
