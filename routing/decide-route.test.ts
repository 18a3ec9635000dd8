import { test } from 'tap'
import type { DeviceId, Extension, UserId } from '../core/ids.ts'
import { decideRoute } from './decide-route.ts'
import type { DialPlanSnapshot, PlannedUser } from './dial-plan-snapshot.ts'
import { normalizeDialled } from './normalize-dialled.ts'

function user(name: string, extension: string, devices: readonly string[], ringSeconds = 20): PlannedUser {
  return {
    id: `usr_${name}` as UserId,
    name,
    extension: extension as Extension,
    callHandling: { strategy: 'desk-only', ringSeconds },
    devices: devices.map((id) => ({ id: id as DeviceId, kind: 'desk' })),
  }
}

function planOf(...users: readonly PlannedUser[]): DialPlanSnapshot {
  return {
    usersById: new Map(users.map((u) => [u.id, u])),
    usersByExtension: new Map(users.map((u) => [u.extension, u])),
  }
}

const plan = planOf(
  user('ana', '1001', ['ana-desk']),
  user('bob', '1002', ['bob-desk', 'bob-web'], 7),
  user('eve', '1003', []),
)
const ana = { userId: 'usr_ana' as UserId, deviceId: 'ana-desk' as DeviceId }
const bobAtHisDesk = { userId: 'usr_bob' as UserId, deviceId: 'bob-desk' as DeviceId }

void test('an extension rings all devices of its user together for the ring time, then voicemail', (t) => {
  const decision = decideRoute(ana, '1002', plan)
  t.match(decision, {
    kind: 'dial',
    callee: 'usr_bob',
    rounds: [{ targets: [{ deviceId: 'bob-desk' }, { deviceId: 'bob-web' }], ringMs: 7000 }],
    otherwise: {
      'no-answer': { kind: 'voicemail', mailbox: 'usr_bob' },
      unreachable: { kind: 'voicemail', mailbox: 'usr_bob' },
      busy: { kind: 'reject' },
      declined: { kind: 'reject' },
    },
  })
  t.strictSame(decision.because, ['1002 is the extension of bob', '2 devices ring for 7 s, then voicemail'])
  t.end()
})

const others = [
  ['an unknown number', ana, '1999', { kind: 'reject', reason: 'unknown-number' }],
  ['nothing at all', ana, '', { kind: 'reject', reason: 'unknown-number' }],
  ['a user without a device', ana, '1003', { kind: 'voicemail', mailbox: 'usr_eve' }],
  ['the echo test', ana, '*43', { kind: 'echo' }],
  ['the own newest voicemail', ana, '*97', { kind: 'listen', mailbox: 'usr_ana' }],
  ['a code that is none', ana, '*999', { kind: 'reject', reason: 'unknown-number' }],
  ['the own number', ana, '1001', { kind: 'listen', mailbox: 'usr_ana' }],
  ['the own number with another device', bobAtHisDesk, '1002', { rounds: [{ targets: [{ deviceId: 'bob-web' }] }] }],
  ['a name of Object.prototype', ana, 'constructor', { kind: 'reject', reason: 'unknown-number' }],
] as const

for (const [what, caller, dialled, expected] of others) {
  void test(`dialling ${what}`, (t) => {
    const decision = decideRoute(caller, dialled, plan)
    t.match(decision, expected)
    t.ok(decision.because.length > 0, 'says why')
    t.end()
  })
}

const typed = [
  ['1002', '1002'],
  ['%2A43', '*43'],
  ['+49 (30) 123-45', '+493012345'],
  ['10-02', '1002'],
  ['1002;phone-context=x', '1002'],
  ['Reception', 'reception'],
  ['%zz', '%zz'],
  ['', ''],
] as const

for (const [given, meant] of typed) {
  void test(`'${given}' means '${meant}'`, (t) => {
    t.equal(normalizeDialled(given), meant)
    t.end()
  })
}
