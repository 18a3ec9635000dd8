import { randomBytes } from 'node:crypto'
import { test } from 'tap'
import { writeRtcp } from './rtcp.ts'
import { writeRtpHeader } from './rtp-packet.ts'
import { deriveKeys, type SrtpKey, srtpSuites, suiteTraits } from './srtp-keys.ts'
import { Srtp } from './srtp.ts'

/** RFC 3711 B.3. */
const known: SrtpKey = {
  suite: 'AES_CM_128_HMAC_SHA1_80',
  inline: Buffer.from('E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6', 'hex').toString('base64'),
}

function packet(sequence: number, payload = randomBytes(160)): Buffer {
  const bytes = Buffer.alloc(12 + payload.length)
  writeRtpHeader(bytes, 0, { payloadType: 0, marker: false, sequence, timestamp: sequence * 160, ssrc: 0xcafebabe })
  payload.copy(bytes, 12)
  return bytes
}

const keyOf = (suite: SrtpKey['suite']): SrtpKey => ({
  suite,
  inline: randomBytes(16 + suiteTraits[suite].saltBytes).toString('base64'),
})

void test('session keys are those of RFC 3711 B.3', (t) => {
  const keys = deriveKeys(known, 'rtp')
  t.equal(keys.cipher.toString('hex').toUpperCase(), 'C61E7A93744F39EE10734AFE3FF7A087')
  t.equal(keys.salt.toString('hex').toUpperCase(), '30CBBC08863D8C85D49DB34A9AE1')
  t.equal(keys.auth.toString('hex').toUpperCase(), 'CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4')
  t.end()
})

void test('a packet is protected as the reference implementation does it', (t) => {
  // The test vector of libsrtp's own validation.
  const plain = Buffer.from('800f1234decafbadcafebabe' + 'ab'.repeat(16), 'hex')
  const expected = '800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb'
  const protectedPacket = new Srtp(known).protect(plain, 0, plain.length)
  t.equal(protectedPacket.toString('hex'), expected)
  t.strictSame(new Srtp(known).unprotect(protectedPacket), plain)
  t.end()
})

for (const suite of srtpSuites) {
  void test(`${suite}: there and back, over the end of the sequence numbers`, (t) => {
    const key = keyOf(suite)
    const [sender, receiver] = [new Srtp(key), new Srtp(key)]
    const sent: Buffer[] = []
    for (let i = 0; i < 20; i++) {
      const plain = packet((65530 + i) & 0xffff)
      const bytes = sender.protect(plain, 0, plain.length)
      t.equal(bytes.length, plain.length + suiteTraits[suite].tagBytes)
      sent.push(bytes)
      if (i % 4 !== 3) t.strictSame(receiver.unprotect(bytes), plain)
    }
    t.ok(receiver.unprotect(sent[19]!), 'late, but new')
    t.equal(receiver.unprotect(sent[18]!), undefined, 'a replay')
    t.end()
  })

  void test(`${suite}: what was changed or is of another key is refused`, (t) => {
    const key = keyOf(suite)
    const [sender, receiver] = [new Srtp(key), new Srtp(key)]
    const plain = packet(1)
    const bytes = sender.protect(plain, 0, plain.length)
    for (const at of [1, 5, 12, 60, bytes.length - 1]) {
      const forged = Buffer.from(bytes)
      forged[at] = forged[at]! ^ 1
      t.equal(receiver.unprotect(forged), undefined, `byte ${at}`)
    }
    t.equal(new Srtp(keyOf(suite)).unprotect(bytes), undefined)
    for (let i = 0; i < 300; i++) t.equal(receiver.unprotect(randomBytes(i)), undefined)
    t.ok(receiver.unprotect(bytes))
    t.end()
  })

  void test(`${suite}: reports`, (t) => {
    const key = keyOf(suite)
    const [sender, receiver] = [new Srtp(key), new Srtp(key)]
    const plain = writeRtcp({ ssrc: 7, cname: 'someone', nowMs: 1000 })
    const bytes = sender.protectRtcp(plain)
    t.not(bytes.indexOf('someone'), 0)
    t.strictSame(receiver.unprotectRtcp(bytes), plain)
    t.equal(receiver.unprotectRtcp(bytes), undefined, 'a replay')
    const forged = sender.protectRtcp(plain)
    forged[9] = forged[9]! ^ 1
    t.equal(receiver.unprotectRtcp(forged), undefined)
    for (let i = 0; i < 300; i++) t.equal(receiver.unprotectRtcp(randomBytes(i)), undefined)
    t.end()
  })
}
