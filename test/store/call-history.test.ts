import { newId, type CallId, type DeviceId, type SipCallId, type UserId, type VoicemailId } from '../../core/ids.ts'
import type { CallEnd, CallLeg, CallListType, NewCall } from '../../store/call-record.ts'
import type { Calls } from '../../store/calls.ts'
import { onBothDatabases } from './on-both-databases.ts'

const alice = 'usr_alice' as UserId
const bob = 'usr_bob' as UserId
const carol = 'usr_carol' as UserId

function newCall(more: Partial<NewCall> = {}): NewCall {
  const parties = { fromNumber: '1001', fromName: 'Alice', toNumber: '1002' }
  return { id: newId('call'), direction: 'internal', ...parties, startedAtMs: 1_000, ...more }
}

function calleeLeg(userId: UserId, more: Partial<CallLeg> = {}): CallLeg {
  const sipCallId = `${newId('leg')}@test` as SipCallId
  return { id: newId('leg'), role: 'callee', sipCallId, userId, startedAtMs: 1_100, ...more }
}

/** One call of each sort, a minute apart: alice calls bob, carol calls in, alice calls out. */
async function aDay(calls: Calls): Promise<ReadonlyMap<CallId, string>> {
  const day: [name: string, call: Partial<NewCall>, outcome: CallEnd['outcome'] | undefined][] = [
    ['alice to bob, answered', { fromUserId: alice, toUserId: bob }, 'answered'],
    ['alice to bob, missed', { fromUserId: alice, toUserId: bob }, 'no-answer'],
    [
      'carol to alice, voicemail',
      { fromUserId: carol, fromName: 'Çarol', toUserId: alice, toNumber: '1001' },
      'voicemail',
    ],
    ['from outside to alice, cancelled', { direction: 'inbound', fromNumber: '+491701', toUserId: alice }, 'cancelled'],
    ['alice to outside, busy', { direction: 'outbound', fromUserId: alice, toNumber: '+49301' }, 'busy'],
    [
      'from outside to a group, bob rang',
      { direction: 'inbound', fromNumber: '+491702', legs: [calleeLeg(bob)] },
      'answered',
    ],
    ['alice to bob, running', { fromUserId: alice, toUserId: bob }, undefined],
  ]
  const names = new Map<CallId, string>()
  for (const [at, [name, more, outcome]] of day.entries()) {
    const call = newCall({ ...more, startedAtMs: at * 60_000 })
    await calls.open(call)
    if (outcome) await calls.close(call.id, { outcome, endedAtMs: at * 60_000 + 5_000 })
    names.set(call.id, name)
  }
  return names
}

onBothDatabases(async (t, fresh) => {
  await t.test('a call from its arrival to its end', async (t) => {
    const database = await (await fresh(t)).open()
    const { calls } = database
    const seen: CallId[] = []
    database.changes.on('call', (id) => seen.push(id))
    const opened = newCall({ fromUserId: alice, toUserId: bob, decisions: ['1002 is Bob'] })
    await calls.open(opened)
    t.match(await calls.find(opened.id), { ...opened, legs: [], ladder: [], outcome: undefined })

    const leg = calleeLeg(bob, { deviceId: 'dev_1' as DeviceId, contact: 'sip:b@192.0.2.1' })
    await calls.update(opened.id, { ringingAtMs: 1_200, legs: [{ ...leg, ringingAtMs: 1_200 }] })
    t.match(await calls.find(opened.id), { ringingAtMs: 1_200, decisions: ['1002 is Bob'] })

    const quality = { packetsReceived: 100, packetsLost: 1, jitterMs: 2.5, mos: 4.3 }
    const answered: CallLeg = {
      ...leg,
      ringingAtMs: 1_200,
      answeredAtMs: 2_000,
      endedAtMs: 9_000,
      outcome: 'answered',
      sipStatus: 200,
      quality,
    }
    const other = calleeLeg(bob, { startedAtMs: 1_101, endedAtMs: 2_000, outcome: 'elsewhere', sipStatus: 487 })
    const entry = {
      atMs: 1_000,
      from: '192.0.2.1:5060',
      to: '192.0.2.2:5060',
      protocol: 'udp',
      summary: 'INVITE sip:1002@x SIP/2.0',
      sipCallId: 'a',
      cseq: '1 INVITE',
    }
    const end: CallEnd = {
      outcome: 'answered',
      endedAtMs: 9_000,
      answeredAtMs: 2_000,
      answeredByUserId: bob,
      answeredByDeviceId: 'dev_1' as DeviceId,
      endedBy: 'callee',
      reason: 'normal clearing',
      quality,
      decisions: ['1002 is Bob', 'ring 1 device'],
      legs: [answered, other],
      ladder: [entry, { ...entry, message: 'INVITE …\r\n' }],
    }
    t.equal(await calls.close(opened.id, end), true)
    const call = await calls.find(opened.id)
    t.match(call, { ...opened, ...end, ringingAtMs: 1_200 })
    t.same(call?.legs[1]?.ringingAtMs, undefined)
    t.same(seen, [opened.id, opened.id, opened.id])
  })

  await t.test('a call ends once', async (t) => {
    const { calls } = await (await fresh(t)).open()
    const call = newCall()
    await calls.open(call)
    const ends = await Promise.all([
      calls.close(call.id, { outcome: 'busy', endedAtMs: 2_000 }),
      calls.close(call.id, { outcome: 'failed', endedAtMs: 3_000 }),
    ])
    t.same([...ends].sort(), [false, true])
    t.equal(await calls.close(call.id, { outcome: 'failed', endedAtMs: 4_000 }), false)
    t.not((await calls.find(call.id))?.endedAtMs, 4_000)
    await calls.update(call.id, { voicemailId: 'vm_1' as VoicemailId })
    t.equal((await calls.find(call.id))?.voicemailId, 'vm_1')
    const unknown = newId('call')
    await t.rejects(calls.close(unknown, { outcome: 'busy', endedAtMs: 1 }), { code: 'not-found' })
    await t.rejects(calls.update(unknown, { reason: 'x' }), { code: 'not-found' })
    await t.rejects(calls.update(unknown, { legs: [calleeLeg(bob)] }), { code: 'not-found' })
    await t.rejects(calls.update(unknown, { ladder: [] }), { code: 'not-found' })
    t.equal(await calls.find(unknown), undefined)
  })

  await t.test('calls that a crash left open are closed as interrupted', async (t) => {
    const { calls } = await (await fresh(t)).open()
    const [open, closed] = [newCall({ legs: [calleeLeg(bob)] }), newCall()]
    await calls.open(open)
    await calls.open(closed)
    await calls.close(closed.id, { outcome: 'answered', endedAtMs: 2_000 })
    t.equal(await calls.closeInterrupted(5_000), 1)
    t.match(await calls.find(open.id), {
      outcome: 'interrupted',
      endedAtMs: 5_000,
      endedBy: 'system',
      legs: [{ outcome: 'interrupted', endedAtMs: 5_000 }],
    })
    t.match(await calls.find(closed.id), { outcome: 'answered', endedAtMs: 2_000 })
    t.equal(await calls.closeInterrupted(6_000), 0)
  })

  await t.test('the history by user, type, time and text', async (t) => {
    const { calls } = await (await fresh(t)).open()
    const names = await aDay(calls)
    const cases: readonly [Omit<Parameters<Calls['list']>[0], 'limit'>, readonly number[]][] = [
      [{}, [6, 5, 4, 3, 2, 1, 0]],
      [{ type: 'missed' }, [4, 3, 2, 1]],
      [{ type: 'answered' }, [5, 0]],
      [{ type: 'outgoing' }, [4]],
      [{ type: 'voicemail' }, [2]],
      [{ userId: alice }, [6, 4, 3, 2, 1, 0]],
      [{ userId: alice, type: 'missed' }, [3, 2]],
      [{ userId: alice, type: 'answered' }, []],
      [{ userId: alice, type: 'outgoing' }, [6, 4, 1, 0]],
      [{ userId: alice, type: 'voicemail' }, [2]],
      [{ userId: bob }, [6, 5, 1, 0]],
      [{ userId: bob, type: 'missed' }, [1]],
      [{ userId: bob, type: 'answered' }, [5, 0]],
      [{ userId: bob, type: 'outgoing' }, []],
      [{ fromMs: 120_000 }, [6, 5, 4, 3, 2]],
      [{ fromMs: 120_000, toMs: 240_000 }, [3, 2]],
      [{ search: '+4917' }, [5, 3]],
      [{ search: 'carol' }, [2]],
      [{ search: '%' }, []],
      [{ search: 'alice', userId: bob, type: 'missed' }, [1]],
    ]
    const all = [...names.values()]
    for (const [request, expected] of cases) {
      const { items } = await calls.list({ limit: 50, ...request })
      const found = items.map(({ id }) => names.get(id))
      t.same(
        found,
        expected.map((at) => all[at]),
        JSON.stringify(request),
      )
    }
  })

  await t.test('pages of the history neither repeat nor skip a call, also of the same millisecond', async (t) => {
    const { calls } = await (await fresh(t)).open()
    for (let n = 0; n < 25; n += 1) await calls.open(newCall({ startedAtMs: Math.floor(n / 10), fromUserId: alice }))
    for (const type of ['all', 'outgoing'] satisfies CallListType[]) {
      const seen: CallId[] = []
      let cursor: string | undefined
      do {
        const page = await calls.list({ limit: 4, cursor, userId: alice, type })
        seen.push(...page.items.map(({ id }) => id))
        cursor = page.next
        await calls.open(newCall({ startedAtMs: 99, fromUserId: alice }))
      } while (cursor !== undefined)
      t.equal(new Set(seen).size, seen.length)
      t.ok(seen.length >= 25)
    }
  })

  await t.test('voicemails: newest first, heard, unheard, removed', async (t) => {
    const database = await (await fresh(t)).open()
    const { users, voicemails } = database
    const owner = await users.create({ name: 'Alice', extension: '1001' })
    const other = await users.create({ name: 'Bob', extension: '1002' })
    const leave = (receivedAtMs: number, userId = owner.id) =>
      voicemails.create({
        userId,
        fromNumber: '1002',
        fromName: 'Bob',
        file: `voicemail/${receivedAtMs}.wav`,
        durationMs: 4_000,
        bytes: 64_044,
        receivedAtMs,
      })
    t.equal(await voicemails.newest(owner.id), undefined)
    const second = await leave(2_000)
    const first = await leave(1_000)
    const third = await leave(3_000)
    await leave(4_000, other.id)
    t.match(second, { id: /^vm_/, userId: owner.id, callId: undefined, heardAtMs: undefined, bytes: 64_044 })
    t.same(await voicemails.newest(owner.id), third)
    const page = await voicemails.list({ userId: owner.id, limit: 2 })
    t.same(page.items, [third, second])
    t.same((await voicemails.list({ userId: owner.id, limit: 2, cursor: page.next })).items, [first])
    t.equal((await voicemails.list({ limit: 9 })).items.length, 4)

    t.same(await voicemails.count(owner.id), { unheard: 3, heard: 0 })
    t.equal((await voicemails.markHeard(first.id, 9_000)).heardAtMs, 9_000)
    t.same(await voicemails.count(owner.id), { unheard: 2, heard: 1 })
    t.same(await voicemails.count(newId('user')), { unheard: 0, heard: 0 })
    t.equal((await voicemails.markHeard(first.id, null)).heardAtMs, undefined)
    await t.rejects(voicemails.markHeard(newId('voicemail'), 1), { code: 'not-found' })
    t.same(await voicemails.remove(first.id), first)
    t.equal(await voicemails.remove(first.id), undefined)
    t.equal(await voicemails.find(first.id), undefined)
  })
})
