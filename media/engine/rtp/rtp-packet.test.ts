import { randomBytes } from 'node:crypto'
import { test } from 'tap'
import { looksLikeRtcp, RtpReader, writeRtpHeader } from './rtp-packet.ts'

const fields = { payloadType: 101, marker: true, sequence: 65535, timestamp: 0xfffffff0, ssrc: 0xdeadbeef }

function packet(payload: number[] = [1, 2, 3, 4]): Buffer {
  const bytes = Buffer.alloc(12 + payload.length)
  writeRtpHeader(bytes, 0, fields)
  bytes.set(payload, 12)
  return bytes
}

void test('a header written is read again', (t) => {
  const rtp = new RtpReader()
  t.ok(rtp.read(packet()))
  t.match(rtp, { ...fields, payloadStart: 12, payloadEnd: 16 })
  t.end()
})

void test('sources, extension and padding are left out of the payload', (t) => {
  const rtp = new RtpReader()
  const bytes = Buffer.concat([
    packet([]),
    Buffer.alloc(8),
    Buffer.from([0xbe, 0xde, 0, 1, 9, 9, 9, 9]),
    Buffer.from([7, 7, 0, 2]),
  ])
  bytes[0] = 0xb2
  t.ok(rtp.read(bytes))
  t.match(rtp, { payloadStart: 28, payloadEnd: 30 })
  t.end()
})

const invalid = [
  { name: 'too short', bytes: packet().subarray(0, 11) },
  { name: 'another version', bytes: Buffer.concat([Buffer.from([0x40]), packet().subarray(1)]) },
  { name: 'sources beyond the end', bytes: Buffer.concat([Buffer.from([0x8f]), packet().subarray(1)]) },
  { name: 'extension beyond the end', bytes: Buffer.concat([Buffer.from([0x90]), packet([0, 0, 0, 9]).subarray(1)]) },
  { name: 'padding longer than the packet', bytes: Buffer.concat([Buffer.from([0xa0]), packet([0, 200]).subarray(1)]) },
  { name: 'padding of nothing', bytes: Buffer.concat([Buffer.from([0xa0]), packet([0, 0]).subarray(1)]) },
]

void test('what is no RTP is seen', (t) => {
  const rtp = new RtpReader()
  for (const { name, bytes } of invalid) t.notOk(rtp.read(bytes), name)
  for (let i = 0; i < 2000; i++) {
    const bytes = randomBytes(i % 60)
    if (rtp.read(bytes)) t.ok(rtp.payloadStart <= rtp.payloadEnd && rtp.payloadEnd <= bytes.length)
  }
  t.ok(looksLikeRtcp(Buffer.from([0x80, 200])))
  t.notOk(looksLikeRtcp(packet()))
  t.end()
})
