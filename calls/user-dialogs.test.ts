import { test } from 'tap'
import type { CallId, DeviceId, UserId } from '../core/ids.ts'
import { TypedEmitter } from '../core/typed-emitter.ts'
import type { CallState } from './call-state.ts'
import type { LiveCall, LiveCallEvents } from './live-calls.ts'
import { dialogsOf, UserDialogs } from './user-dialogs.ts'

const ana = 'usr_ana' as UserId
const bob = 'usr_bob' as UserId

function callOf(state: CallState, more: Partial<LiveCall> = {}): LiveCall {
  return {
    id: 'call_1' as CallId,
    direction: 'internal',
    state,
    fromUserId: ana,
    fromDeviceId: 'dev_ana' as DeviceId,
    fromNumber: '1001',
    fromName: 'Ana',
    toNumber: '1002',
    toUserId: bob,
    answeredByUserId: undefined,
    answeredByDeviceId: undefined,
    startedAtMs: 0,
    answeredAtMs: undefined,
    ...more,
  }
}

void test('whom a call occupies', (t) => {
  const cases: readonly [LiveCall, readonly string[]][] = [
    [callOf('arriving'), ['usr_ana initiator trying']],
    [callOf('ringing'), ['usr_ana initiator early', 'usr_bob recipient early']],
    [callOf('ringing', { toUserId: undefined }), ['usr_ana initiator early']],
    [callOf('talking', { answeredByUserId: bob }), ['usr_ana initiator confirmed', 'usr_bob recipient confirmed']],
    [callOf('ringing', { toUserId: ana }), ['usr_ana initiator early', 'usr_ana recipient early']],
    [callOf('served'), ['usr_ana initiator confirmed']],
    [callOf('ending', { answeredByUserId: bob }), []],
    [callOf('ended', { answeredByUserId: bob }), []],
  ]
  for (const [call, expected] of cases) {
    const found = dialogsOf(call).map(({ userId, direction, state }) => `${userId} ${direction} ${state}`)
    t.strictSame(found, expected, `${call.state} to ${call.toUserId}`)
  }
  t.end()
})

function follow() {
  const calls = new TypedEmitter<LiveCallEvents>()
  const dialogs = new UserDialogs(calls)
  const changed: UserId[] = []
  dialogs.events.on('changed', (userId) => changed.push(userId))
  const lampOf = (userId: UserId) => dialogs.of(userId).map(({ id, state }) => `${id} ${state}`)
  return { calls, lampOf, news: () => changed.splice(0) }
}

const outcome = { kind: 'failed', reason: 'a test' } as const

void test('a lamp follows a call from ringing to its end', (t) => {
  const { calls, lampOf, news } = follow()
  calls.emit('arrived', callOf('arriving'))
  t.strictSame(news(), [ana])
  t.strictSame(lampOf(bob), [])
  calls.emit('ringing', callOf('ringing'))
  t.strictSame(news(), [ana, bob])
  t.strictSame(lampOf(bob), ['call_1-in early'])
  calls.emit('answered', callOf('talking', { answeredByUserId: bob }))
  t.strictSame(lampOf(bob), ['call_1-in confirmed'])
  calls.emit('ended', callOf('ended', { answeredByUserId: bob }), outcome)
  t.strictSame(lampOf(bob), ['call_1-in terminated'])
  t.strictSame(lampOf(ana), ['call_1-out terminated'])
  calls.emit('arrived', callOf('arriving', { id: 'call_2' as CallId }))
  t.strictSame(lampOf(ana), ['call_2-out trying'], 'what is over is forgotten with the next call')
  t.end()
})

void test('who was rung in vain is free while the caller talks to the mailbox', (t) => {
  const { calls, lampOf, news } = follow()
  calls.emit('ringing', callOf('ringing'))
  calls.emit('answered', callOf('served'))
  t.strictSame(lampOf(bob), ['call_1-in terminated'])
  t.strictSame(lampOf(ana), ['call_1-out confirmed'])
  news()
  calls.emit('ended', callOf('ended'), outcome)
  t.strictSame(news(), [ana], 'nothing new for him')
  t.end()
})

void test('one of two calls ends', (t) => {
  const { calls, lampOf } = follow()
  const second = { id: 'call_2' as CallId }
  calls.emit('answered', callOf('talking', { answeredByUserId: bob }))
  calls.emit('ringing', callOf('ringing', second))
  t.strictSame(lampOf(bob), ['call_1-in confirmed', 'call_2-in early'])
  calls.emit('ended', callOf('ended', second), outcome)
  t.strictSame(lampOf(bob), ['call_1-in confirmed', 'call_2-in terminated'])
  t.end()
})
