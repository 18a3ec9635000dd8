import { test, type Test } from 'tap'
import { newId, type CallId, type SipCallId, type UserId } from '../../core/ids.ts'
import type { CallOutcome } from '../../store/call-record.ts'
import type { CallDetailView, CallView, LiveCallView } from '../contracts/call-views.ts'
import { TestApi, type Page } from '../test-api.ts'

interface Office {
  readonly api: TestApi
  readonly alice: { readonly id: string; readonly token: string }
  readonly bob: { readonly id: string; readonly token: string }
  readonly carol: { readonly id: string; readonly token: string }
}

async function office(t: Test): Promise<Office> {
  const api = await TestApi.start(t)
  const [alice, bob, carol] = [await api.person('1001'), await api.person('1002'), await api.person('1003')]
  return { api, alice, bob, carol }
}

/** A call from Alice to Bob in the history; answered ones last a minute. */
async function record({ api, alice, bob }: Office, outcome: CallOutcome): Promise<CallId> {
  await api.clock.advance(1000)
  const id = newId('call')
  const nowMs = api.clock.now()
  const parties = { fromUserId: alice.id as UserId, toUserId: bob.id as UserId }
  await api.database.calls.open({
    id,
    direction: 'internal',
    fromNumber: '1001',
    fromName: 'Alice',
    toNumber: '1002',
    ...parties,
    startedAtMs: nowMs,
    decisions: ['1002 is Bob: ring his devices for 20 seconds'],
  })
  const leg = { id: newId('leg'), role: 'caller' as const, sipCallId: 'abc@192.0.2.1' as SipCallId, startedAtMs: nowMs }
  const message = 'INVITE sip:1002@office.test SIP/2.0\r\nProxy-Authorization: Digest response="secret"\r\n\r\n'
  await api.database.calls.close(id, {
    outcome,
    ...(outcome === 'answered' && { answeredAtMs: nowMs + 3000, endedBy: 'caller' as const }),
    endedAtMs: nowMs + 63_000,
    legs: [{ ...leg, userId: parties.fromUserId, outcome, sipStatus: 200 }],
    ladder: [
      {
        atMs: nowMs,
        from: '192.0.2.9:5060',
        to: '192.0.2.1:5060',
        protocol: 'udp',
        summary: 'INVITE sip:1002@office.test SIP/2.0',
        sipCallId: leg.sipCallId,
        cseq: '1 INVITE',
        message,
      },
    ],
  })
  return id
}

void test('history: newest first, by type, search, time and page', async (t) => {
  const the = await office(t)
  const { api } = the
  const answered = await record(the, 'answered')
  const missed = await record(the, 'no-answer')
  const voicemail = await record(the, 'voicemail')
  const idsAt = async (query: string, token = api.ownerToken) =>
    (await api.ask<Page<CallView>>('GET', `/calls${query}`, undefined, { token })).items.map(({ id }) => id)

  t.strictSame(await idsAt(''), [voicemail, missed, answered])
  t.strictSame(await idsAt('?type=answered'), [answered])
  t.strictSame(await idsAt('?type=missed'), [voicemail, missed])
  t.strictSame(await idsAt('?type=voicemail'), [voicemail])
  t.strictSame(await idsAt('?type=outgoing', the.alice.token), [voicemail, missed, answered])
  t.strictSame(await idsAt('?type=outgoing', the.bob.token), [])
  t.strictSame(await idsAt('', the.carol.token), [], 'Carol had no part in them')
  t.strictSame(await idsAt(`?userId=${the.carol.id}`), [])
  t.strictSame(await idsAt('?search=alic'), [voicemail, missed, answered])
  t.strictSame(await idsAt('?search=1009'), [])
  t.strictSame(await idsAt('?from=2026-01-05T09:00:02Z'), [voicemail, missed])
  t.strictSame(await idsAt('?to=2026-01-05T10:00:02%2B01:00'), [answered])

  const first = await api.ask<Page<CallView>>('GET', '/calls?limit=2')
  t.strictSame(await idsAt(`?limit=2&cursor=${first.next ?? ''}`), [answered])
  const [call] = (await api.ask<Page<CallView>>('GET', '/calls?type=answered')).items
  t.match(call, {
    fromNumber: '1001',
    fromName: 'Alice',
    fromUserId: the.alice.id,
    toNumber: '1002',
    outcome: 'answered',
    startedAt: '2026-01-05T09:00:01.000Z',
    answeredAt: '2026-01-05T09:00:04.000Z',
    durationSeconds: 60,
    endedBy: 'caller',
    voicemailId: null,
  })
  for (const [query, field] of [
    ['type=lost', 'type'],
    ['from=yesterday', 'from'],
    ['to=2026-01-05', 'to'],
    ['userId=1001', 'userId'],
    ['search=', 'search'],
    ['limit=201', 'limit'],
    ['limit=ten', 'limit'],
    ['cursor=!', 'cursor'],
  ] as const) {
    const refused = await api.call('GET', `/calls?${query}`)
    t.equal(refused.status, 400, query)
    t.equal(refused.json.errors?.[0]?.path, field)
  }
})

void test('one call with its legs, decisions and ladder, for those who took part', async (t) => {
  const the = await office(t)
  const { api } = the
  const id = await record(the, 'answered')
  const call = await api.ask<CallDetailView>('GET', `/calls/${id}`)
  t.match(call.legs, [{ role: 'caller', userId: the.alice.id, sipStatus: 200, outcome: 'answered' }])
  t.strictSame(call.decisions, ['1002 is Bob: ring his devices for 20 seconds'])
  t.match(call.ladder, [{ summary: 'INVITE sip:1002@office.test SIP/2.0', message: /^INVITE/ }])
  const bobs = await api.call<CallDetailView>('GET', `/calls/${id}`, undefined, the.bob)
  t.equal(bobs.json.ladder[0]?.summary, 'INVITE sip:1002@office.test SIP/2.0')
  t.notMatch(bobs.text, /Digest/, 'a digest of somebody’s password is not for everybody')
  t.equal((await api.call('GET', `/calls/${id}`, undefined, the.carol)).status, 404)
})

void test('a call that runs is seen and ended by its parties', async (t) => {
  const the = await office(t)
  const { api, alice, bob } = the
  const ended = await record(the, 'answered')
  const id = newId('call')
  const parties = { fromUserId: alice.id as UserId, toUserId: bob.id as UserId }
  const numbers = { fromNumber: '1001', fromName: 'Alice', toNumber: '1002' }
  const startedAtMs = api.clock.now()
  api.live.calls.push({ id, direction: 'internal', state: 'ringing', ...numbers, ...parties, startedAtMs })

  const seenBy = async (ask: { token: string }) =>
    (await api.ask<Page<LiveCallView>>('GET', '/calls/live', undefined, ask)).items
  t.match(await seenBy(alice), [{ id, state: 'ringing', fromNumber: '1001', answeredAt: null }])
  t.equal((await seenBy(bob)).length, 1)
  t.equal((await seenBy(the.carol)).length, 0)
  t.equal((await seenBy({ token: api.ownerToken })).length, 1)

  const supervisor = await api.person('1004', 'supervisor')
  t.equal((await api.call('POST', `/calls/${id}/hangup`, undefined, the.carol)).status, 404)
  t.equal((await api.call('POST', `/calls/${id}/hangup`, undefined, supervisor)).status, 403, 'he only looks')
  t.strictSame(api.live.hungUp, [])
  t.equal((await api.call('POST', `/calls/${id}/hangup`, undefined, bob)).status, 204)
  t.strictSame(api.live.hungUp, [id])
  t.equal((await api.call('POST', `/calls/${ended}/hangup`, undefined, bob)).json.code, 'call-not-live')
  t.equal((await api.call('POST', `/calls/${ended}/hangup`, undefined, the.carol)).status, 404)
  t.equal((await api.call('POST', `/calls/${newId('call')}/hangup`)).status, 404)
})
