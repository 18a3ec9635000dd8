import { test } from 'tap'
import { AddressLock, isPrivateAddress } from './address-lock.ts'

const publicPeer = { address: '203.0.113.5', port: 4000 }
const privatePeer = { address: '192.168.1.5', port: 4000 }

interface Case {
  readonly name: string
  readonly peer: { address: string; port: number; signallingAddress?: string }
  readonly packets: readonly (readonly [address: string, port: number, nowMs: number, isAdmitted: boolean])[]
}

const cases: readonly Case[] = [
  {
    name: 'the signalled peer is taken and nobody else ever',
    peer: publicPeer,
    packets: [
      ['203.0.113.5', 4000, 0, true],
      ['198.51.100.9', 4000, 1, false],
      ['203.0.113.5', 4002, 2, false],
      ['203.0.113.5', 4000, 3, true],
    ],
  },
  {
    name: 'a public peer cannot be taken over by a stranger who is first',
    peer: publicPeer,
    packets: [
      ['198.51.100.9', 4000, 0, false],
      ['203.0.113.5', 4000, 1, true],
    ],
  },
  {
    name: 'a public peer may come from another port of its address',
    peer: publicPeer,
    packets: [
      ['203.0.113.5', 61000, 0, true],
      ['203.0.113.5', 61000, 5000, true],
      ['203.0.113.5', 4000, 5001, false],
    ],
  },
  {
    name: 'a peer behind a NAT is learnt by its first packet',
    peer: privatePeer,
    packets: [
      ['203.0.113.77', 61000, 0, true],
      ['203.0.113.78', 61000, 1, false],
      ['203.0.113.77', 61000, 2, true],
    ],
  },
  {
    name: 'the signalled peer takes its place back from one who was first, for a while',
    peer: privatePeer,
    packets: [
      ['192.168.1.66', 5555, 0, true],
      ['192.168.1.5', 4000, 1000, true],
      ['192.168.1.66', 5555, 1001, false],
    ],
  },
  {
    name: 'but not later',
    peer: privatePeer,
    packets: [
      ['203.0.113.77', 5555, 0, true],
      ['192.168.1.5', 4000, 3000, false],
    ],
  },
  {
    name: 'a peer whose signalling came from elsewhere may send from there',
    peer: { ...publicPeer, signallingAddress: '198.51.100.1' },
    packets: [
      ['198.51.100.2', 4000, 0, false],
      ['198.51.100.1', 9000, 1, true],
    ],
  },
]

void test('whose packets are taken', (t) => {
  for (const { name, peer, packets } of cases) {
    const lock = new AddressLock()
    lock.expect(peer)
    for (const [address, port, nowMs, isAdmitted] of packets) {
      t.equal(lock.admits(address, port, nowMs), isAdmitted, `${name}: ${address}:${port}`)
    }
  }
  t.end()
})

void test('a negotiation opens the lock again and keeps sending to where the same peer was', (t) => {
  const lock = new AddressLock()
  t.notOk(lock.admits('203.0.113.77', 61000, 0), 'nothing is expected yet')
  lock.expect(privatePeer)
  lock.admits('203.0.113.77', 61000, 0)
  lock.expect(privatePeer)
  t.equal(lock.address, '203.0.113.77')
  t.ok(lock.admits('203.0.113.77', 62000, 9000))
  t.equal(lock.port, 62000)
  lock.expect(publicPeer)
  t.equal(lock.address, '203.0.113.5')
  t.end()
})

void test('private addresses', (t) => {
  for (const address of [
    '10.1.2.3',
    '172.20.0.1',
    '192.168.0.9',
    '100.64.1.1',
    '127.0.0.1',
    'fd00::1',
    '::1',
    'fe80::1',
  ]) {
    t.ok(isPrivateAddress(address), address)
  }
  for (const address of ['8.8.8.8', '172.32.0.1', '100.128.0.1', '2001:db8::1'])
    t.notOk(isPrivateAddress(address), address)
  t.end()
})
