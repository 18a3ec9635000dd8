import { test } from 'tap'
import { standardTimers } from './timer-values.ts'
import { Bench, noFlow, request, response, type RequestParts } from './test-harness.ts'
import { TransactionLayer } from './transaction-layer.ts'

function layer(limit = 100) {
  const bench = new Bench()
  const transactions = new TransactionLayer({ timers: bench.timers, values: standardTimers, limit })
  const admit = (method: string, parts: RequestParts = {}) => {
    const arrived = request(method, parts)
    return { arrived, arrival: transactions.admit(arrived, bench.outlet(false)) }
  }
  return { bench, transactions, admit }
}

void test('what belongs to what, by branch, sent-by and method', (t) => {
  const { admit } = layer()
  t.equal(admit('INVITE').arrival.kind, 'new')
  const cases: [method: string, parts: RequestParts, kind: string][] = [
    ['INVITE', {}, 'absorbed'],
    ['INVITE', { seq: 2, callId: 'another', branch: 'z9hG4bKone' }, 'absorbed'],
    ['INVITE', { sentBy: '192.0.2.2:5060', callId: 'b' }, 'new'],
    ['INVITE', { branch: 'z9hG4bKtwo' }, 'merged'],
    ['INVITE', { branch: 'z9hG4bKthree', seq: 2 }, 'new'],
    ['INVITE', { branch: 'z9hG4bKfour', toTag: 'inside' }, 'new'],
    ['ACK', {}, 'absorbed'],
    ['ACK', { branch: 'z9hG4bKother' }, 'ack'],
    ['CANCEL', {}, 'cancel'],
    ['CANCEL', {}, 'absorbed'],
    ['OPTIONS', {}, 'new'],
  ]
  for (const [method, parts, kind] of cases) {
    t.equal(admit(method, parts).arrival.kind, kind, `${method} ${JSON.stringify(parts)}`)
  }
  t.end()
})

void test('a CANCEL finds its INVITE, or nothing', (t) => {
  const { admit } = layer()
  const { arrival: invite } = admit('INVITE')
  const { arrival: cancel } = admit('CANCEL')
  t.equal(cancel.kind === 'cancel' && invite.kind === 'new' && cancel.invite === invite.transaction, true)
  const { arrival: lost } = admit('CANCEL', { branch: 'z9hG4bKlost' })
  t.equal(lost.kind === 'cancel' && lost.invite === undefined, true)
  t.end()
})

void test('RFC 2543 clients are matched by their headers; an ACK may have another To tag', (t) => {
  const { admit } = layer()
  t.equal(admit('INVITE', { branch: 'old' }).arrival.kind, 'new')
  t.equal(admit('INVITE', { branch: 'old' }).arrival.kind, 'absorbed')
  t.equal(admit('ACK', { branch: 'old', toTag: 'ours' }).arrival.kind, 'absorbed')
  t.equal(admit('CANCEL', { branch: 'old' }).arrival.kind, 'cancel')
  t.equal(admit('INVITE', { branch: '', callId: 'without any' }).arrival.kind, 'new')
  t.equal(admit('INVITE', { branch: '', callId: 'without any' }).arrival.kind, 'absorbed')
  t.equal(admit('INVITE', { branch: '', callId: 'without any', uri: 'sip:other@192.0.2.9' }).arrival.kind, 'merged')
  t.end()
})

void test('what a proxy forwards may come back by another way', (t) => {
  const { admit, transactions } = layer()
  const { arrived } = admit('INVITE')
  transactions.allowSpiral(arrived)
  t.equal(admit('INVITE', { branch: 'z9hG4bKspiral' }).arrival.kind, 'new')
  t.end()
})

void test('a transaction that ends is forgotten, with everything about it', async (t) => {
  const { bench, admit, transactions } = layer()
  const { arrived, arrival } = admit('REGISTER')
  if (arrival.kind !== 'new') throw new Error('not new')
  t.strictSame(transactions.counts(), {
    inviteServer: 0,
    inviteClient: 0,
    nonInviteServer: 1,
    nonInviteClient: 0,
    retransmissions: 0,
  })
  arrival.transaction.respond(200, response(arrived, 200).toBuffer())
  admit('REGISTER')
  t.equal(transactions.counts().retransmissions, 1)
  await bench.clock.advance(32_001)
  t.equal(transactions.counts().nonInviteServer, 0)
  t.equal(admit('REGISTER', { branch: 'z9hG4bKnew' }).arrival.kind, 'new')
})

void test('there is an end to what is taken', (t) => {
  const { admit } = layer(2)
  admit('REGISTER', { branch: 'z9hG4bK1', callId: '1' })
  admit('REGISTER', { branch: 'z9hG4bK2', callId: '2' })
  t.equal(admit('REGISTER', { branch: 'z9hG4bK3', callId: '3' }).arrival.kind, 'overload')
  t.equal(admit('REGISTER', { branch: 'z9hG4bK2', callId: '2' }).arrival.kind, 'absorbed')
  t.end()
})

void test('answers find their request by branch and method', (t) => {
  const { bench, transactions } = layer()
  const heard: string[] = []
  const user = (name: string) => ({ answered: () => heard.push(name), failed: () => heard.push(`${name} failed`) })
  const invite = request('INVITE')
  transactions.send(invite, bench.outlet(false), user('invite'))
  const cancel = request('CANCEL')
  transactions.send(cancel, bench.outlet(false), user('cancel'))
  t.equal(transactions.receive(response(cancel, 200), noFlow), true)
  t.equal(transactions.receive(response(invite, 487), noFlow), true)
  t.equal(transactions.receive(response(request('INVITE', { branch: 'z9hG4bKother' }), 200), noFlow), false)
  t.strictSame(heard, ['cancel', 'invite'])
  transactions.close()
  t.equal(bench.timers.size, 0)
  t.end()
})

void test('requests on a connection that ends fail at once', async (t) => {
  const { bench, transactions } = layer()
  const failed: string[] = []
  const send = (branch: string, peer: string) =>
    transactions.send(request('OPTIONS', { branch }), bench.outlet(true, peer), {
      answered: () => undefined,
      failed: (reason) => failed.push(`${branch} ${reason}`),
    })
  send('z9hG4bKa', 'tcp:192.0.2.1:5060')
  send('z9hG4bKb', 'tcp:192.0.2.1:5060')
  send('z9hG4bKc', 'tcp:192.0.2.2:5060')
  transactions.flowClosed({ ...noFlow, protocol: 'tcp' })
  t.strictSame(failed, ['z9hG4bKa transport', 'z9hG4bKb transport'])
  transactions.flowClosed({ ...noFlow, protocol: 'tcp' })
  t.equal(transactions.counts().nonInviteClient, 1)
  await bench.clock.advance(40_000)
  t.equal(transactions.counts().nonInviteClient, 0)
})
