import { test } from 'tap'
import { FakeClock } from '../../../core/fake-clock.ts'
import { AllowList } from './allow-list.ts'
import { BanList, type Offence } from './ban-list.ts'

const minute = 60_000
const hour = 60 * minute
const stranger = '192.0.2.1'

function watched(allow: readonly string[] = []) {
  const clock = new FakeClock()
  const bans = new BanList({ clock, allowed: new AllowList(allow) })
  const events: string[] = []
  bans.events.on('banned', ({ address, because, times }) => events.push(`banned ${address} ${because} ${times}`))
  bans.events.on('released', ({ address }, because) => events.push(`released ${address} ${because}`))
  const offend = (count: number, offence: Offence = 'wrong-password', address = stranger) => {
    for (let n = 0; n < count; n++) bans.offended(address, offence)
  }
  return { clock, bans, events, offend }
}

const weighed: readonly (readonly [Offence, mostUnpunished: number])[] = [
  ['wrong-password', 9],
  ['wrong-user', 4],
  ['malformed', 19],
  ['scanner', 1],
]

for (const [offence, most] of weighed) {
  void test(`${offence}: ${most} in a minute are borne, one more is not`, (t) => {
    const { bans, offend } = watched()
    offend(most, offence)
    t.notOk(bans.isBanned(stranger))
    offend(1, offence)
    t.ok(bans.isBanned(stranger))
    t.notOk(bans.isBanned('192.0.2.2'))
    t.strictSame([...bans.counts], [[offence, 1]])
    t.end()
  })
}

void test('offences are forgotten after a minute', async (t) => {
  const { bans, offend, clock } = watched()
  offend(5)
  await clock.advance(minute / 2)
  offend(4)
  await clock.advance(minute / 2)
  offend(5)
  t.equal(bans.size, 0, 'the first five are out of the window')
  offend(1)
  t.equal(bans.size, 1)
})

void test('a ban ends by itself, and the next is twice as long', async (t) => {
  const { bans, offend, clock, events } = watched()
  for (const ms of [5 * minute, 10 * minute, 20 * minute]) {
    offend(10)
    t.match(bans.list(), [
      { address: stranger, because: 'wrong-password', sinceMs: clock.now(), untilMs: clock.now() + ms },
    ])
    offend(50)
    await clock.advance(ms - 1)
    t.ok(bans.isBanned(stranger))
    await clock.advance(5_000)
    t.notOk(bans.isBanned(stranger))
  }
  t.strictSame(events, [
    `banned ${stranger} wrong-password 1`,
    `released ${stranger} time`,
    `banned ${stranger} wrong-password 2`,
    `released ${stranger} time`,
    `banned ${stranger} wrong-password 3`,
    `released ${stranger} time`,
  ])
})

void test('no ban is longer than a day, and a day of peace wipes the slate', async (t) => {
  const { bans, offend, clock } = watched()
  const banned = () => {
    offend(10)
    const [ban] = bans.list()
    return ban ? ban.untilMs - ban.sinceMs : 0
  }
  for (let n = 0; n < 9; n++) await clock.advance(banned() + 5_000)
  const longest = banned()
  t.equal(longest, 24 * hour)
  await clock.advance(longest + 25 * hour)
  t.equal(banned(), 5 * minute)
})

void test('one who is let out by hand starts anew', (t) => {
  const { bans, offend, events } = watched()
  offend(10)
  t.match(bans.release(stranger), { address: stranger, times: 1 })
  t.equal(bans.release(stranger), undefined)
  t.notOk(bans.isBanned(stranger))
  offend(9)
  t.notOk(bans.isBanned(stranger))
  offend(1)
  t.strictSame(events, [
    `banned ${stranger} wrong-password 1`,
    `released ${stranger} hand`,
    `banned ${stranger} wrong-password 1`,
  ])
  t.end()
})

void test('an address from which somebody signed in is borne with five times longer, for an hour or two', async (t) => {
  const { bans, offend, clock } = watched()
  bans.proved(stranger)
  offend(49)
  t.notOk(bans.isBanned(stranger))
  offend(1)
  t.ok(bans.isBanned(stranger))
  bans.release(stranger)
  await clock.advance(2 * hour)
  t.notOk(bans.isProven(stranger))
  offend(10)
  t.ok(bans.isBanned(stranger))
})

void test('an allowed address is never banned', (t) => {
  const { bans, offend } = watched(['192.0.2.0/24'])
  offend(1000, 'scanner')
  t.equal(bans.size, 0)
  offend(2, 'scanner', '198.51.100.1')
  t.equal(bans.size, 1)
  t.end()
})

void test('a host with a whole IPv6 network is one sender', (t) => {
  const { bans } = watched()
  for (let n = 0; n < 10; n++) bans.offended(`2001:db8:1:2::${n.toString(16)}`, 'wrong-password')
  t.ok(bans.isBanned('2001:db8:1:2:ffff::1'))
  t.notOk(bans.isBanned('2001:db8:1:3::1'))
  t.match(bans.list(), [{ address: '2001:db8:1:2::' }])
  t.ok(bans.release('2001:db8:1:2::77'))
  t.end()
})

void test('made-up addresses fill no memory', (t) => {
  const { bans, events } = watched()
  for (let n = 0; n < 30_000; n++) bans.offended(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, 'malformed')
  t.equal(bans.size, 0)
  for (let n = 0; n < 12_000; n++) {
    for (let twice = 0; twice < 2; twice++) bans.offended(`10.9.${n >> 8}.${n & 255}`, 'scanner')
  }
  t.equal(bans.size, 10_000)
  t.equal(events.filter((event) => event.endsWith('room')).length, 2_000)
  t.notOk(bans.isBanned('10.9.0.0'), 'the oldest bans make room')
  t.end()
})

void test('timers run only while somebody is banned', async (t) => {
  const { bans, clock, offend } = watched()
  offend(9)
  t.equal(clock.pending, 0)
  offend(1)
  t.equal(clock.pending, 1)
  await clock.advance(6 * minute)
  t.equal(clock.pending, 0)
  offend(10)
  bans.close()
  t.equal(clock.pending, 0)
})
