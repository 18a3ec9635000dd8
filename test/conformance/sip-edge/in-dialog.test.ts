import { test, type Test } from 'tap'
import { Caller, otherSdp, sdp } from './support/caller.ts'
import { edgeUnderTest } from './support/edge-under-test.ts'
import { Phone } from './support/phone.ts'
import { refusalOf, srfApp } from './support/srf-app.ts'

/** A call from a phone that the application has answered. */
async function answered(t: Test, transport: 'udp' | 'tcp' = 'udp') {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite')
  const phone = await Phone.open(t, edge, { transport })
  const caller = new Caller(phone, 'uas')
  caller.send('INVITE', { body: sdp })
  const { request, response } = await app.asked('invite')
  const dialog = await app.srf.createUAS(request, response, { localSdp: sdp })
  const acked = new Promise((resolve) => dialog.once('ack', resolve))
  caller.ack(await caller.response(200))
  await acked
  return { edge, app, phone, caller, dialog, request }
}

for (const transport of ['udp', 'tcp'] as const) {
  void test(`the application changes the session over ${transport}`, async (t) => {
    const { phone, dialog } = await answered(t, transport)
    const changed = dialog.modify(otherSdp)
    const invite = await phone.request('INVITE')
    t.equal(invite.to.tag, dialog.sip.remoteTag)
    t.equal(invite.from.tag, dialog.sip.localTag)
    t.equal(invite.uri, phone.uri)
    t.equal(invite.body.toString(), otherSdp)
    t.ok(invite.has('Contact'))
    phone.answer(invite, 200, { body: otherSdp })
    t.equal(await changed, otherSdp)
    const ack = await phone.request('ACK')
    t.equal(ack.cseq.number, invite.cseq.number)
    const info = dialog.request({
      method: 'INFO',
      headers: { 'Content-Type': 'application/dtmf-relay' },
      body: 'Signal=5\r\nDuration=160\r\n',
    })
    const infoRequest = await phone.request('INFO')
    t.equal(infoRequest.cseq.number, invite.cseq.number + 1)
    t.equal(infoRequest.get('Content-Type'), 'application/dtmf-relay')
    t.equal(infoRequest.body.toString(), 'Signal=5\r\nDuration=160\r\n')
    phone.answer(infoRequest, 200)
    t.equal((await info).status, 200)
  })
}

void test('the phone changes the session', async (t) => {
  const { caller, dialog } = await answered(t)
  const modified = new Promise<string>((resolve) =>
    dialog.on('modify', (request, response) => {
      resolve(request.body)
      response.send(200, { body: sdp, headers: { Contact: dialog.local.contact } })
    }),
  )
  caller.send('INVITE', { body: otherSdp })
  await caller.response(100)
  const ok = await caller.response(200)
  t.equal(await modified, otherSdp)
  t.equal(ok.to.tag, dialog.sip.localTag)
  t.equal(ok.body.toString(), sdp)
  const acked = new Promise((resolve) => dialog.once('ack', resolve))
  caller.ack(ok)
  await acked
})

void test('a refused re-INVITE leaves the call as it was', async (t) => {
  const { caller, phone, dialog } = await answered(t)
  dialog.on('modify', (_request, response) => response.send(488))
  caller.send('INVITE', { body: otherSdp })
  const refusal = await caller.response(488)
  caller.ack(refusal)
  const changed = dialog.modify(otherSdp)
  const invite = await phone.request('INVITE')
  phone.answer(invite, 488)
  t.equal(await refusalOf(changed), 488)
  const ended = new Promise((resolve) => dialog.on('destroy', resolve))
  caller.send('BYE')
  await caller.response(200, 'BYE')
  await ended
})

void test('a phone that moves gives a new Contact and is found there', async (t) => {
  const { edge, caller, dialog } = await answered(t)
  const moved = await Phone.open(t, edge)
  dialog.on('modify', (_request, response) =>
    response.send(200, { body: sdp, headers: { Contact: dialog.local.contact } }),
  )
  caller.send('INVITE', { body: otherSdp, headers: { Contact: `<${moved.uri}>` } })
  caller.ack(await caller.response(200))
  void dialog.destroy()
  const bye = await moved.request('BYE')
  t.equal(bye.uri, moved.uri)
  moved.answer(bye, 200)
})

for (const [method, event] of [
  ['INFO', 'info'],
  ['UPDATE', 'update'],
  ['REFER', 'refer'],
  ['NOTIFY', 'notify'],
  ['OPTIONS', 'options'],
  ['MESSAGE', 'message'],
] as const) {
  void test(`${method} within a dialog, both ways`, async (t) => {
    const { phone, caller, dialog } = await answered(t)
    const heard = new Promise<string>((resolve) =>
      dialog.on(event, (request, response) => {
        resolve(request.stackDialogId)
        response.send(method === 'REFER' ? 202 : 200, { headers: { 'X-Heard': method } })
      }),
    )
    caller.send(method, { headers: { 'X-From': 'phone' } })
    const answer = await caller.response(0, method)
    t.equal(answer.get('X-Heard'), method)
    t.equal(await heard, dialog.id)

    const asked = dialog.request({ method, headers: { 'X-From': 'application' } })
    const request = await phone.request(method)
    t.equal(request.get('X-From'), 'application')
    t.equal(request.to.tag, dialog.sip.remoteTag)
    phone.answer(request, 200, { headers: { 'X-Back': 'yes' } })
    const back = await asked
    t.equal(back.status, 200)
    t.equal(back.get('X-Back'), 'yes')
  })
}

void test('our numbers grow by one with each request', async (t) => {
  const { phone, dialog } = await answered(t)
  const numbers: number[] = []
  for (let round = 0; round < 3; round++) {
    const asked = dialog.request({ method: 'INFO' })
    const request = await phone.request('INFO')
    numbers.push(request.cseq.number)
    phone.answer(request, 200)
    await asked
  }
  const [first = 0] = numbers
  t.strictSame(numbers, [first, first + 1, first + 2])
})

void test('a request with a lower number than before is out of order: 500', async (t) => {
  const { caller, dialog } = await answered(t)
  dialog.on('info', (_request, response) => response.send(200))
  caller.send('INFO', { seq: 10 })
  await caller.response(200, 'INFO')
  caller.send('INFO', { seq: 5 })
  await caller.response(500, 'INFO')
})

void test('glare: while our re-INVITE is open, theirs is 491', async (t) => {
  const { phone, caller, dialog } = await answered(t)
  const changed = dialog.modify(otherSdp)
  const invite = await phone.request('INVITE')
  phone.answer(invite, 100)
  caller.send('INVITE', { body: otherSdp })
  const refusal = await caller.response(491)
  caller.ack(refusal)
  phone.answer(invite, 200, { body: sdp })
  await changed
  await phone.request('ACK')
})

void test('a second re-INVITE before the first is answered: 500 with Retry-After', async (t) => {
  const { caller, dialog } = await answered(t)
  const held = new Promise<() => void>((resolve) =>
    dialog.on('modify', (_request, response) => resolve(() => response.send(488))),
  )
  const first = caller.send('INVITE', { body: otherSdp })
  const answerFirst = await held
  caller.send('INVITE', { body: otherSdp })
  const refusal = await caller.response(500)
  t.match(refusal.get('Retry-After'), /^\d+$/)
  caller.ack(refusal)
  answerFirst()
  const late = await caller.response(488)
  t.equal(late.cseq.number, first.cseq.number)
})

void test('requests of a dialog that is over, or never was: 481', async (t) => {
  const { caller, dialog } = await answered(t)
  const ended = new Promise((resolve) => dialog.on('destroy', resolve))
  caller.send('BYE')
  await caller.response(200, 'BYE')
  await ended
  for (const method of ['BYE', 'INFO', 'INVITE', 'UPDATE', 'NOTIFY', 'REFER']) {
    caller.send(method)
    const refusal = await caller.response(481, method)
    if (method === 'INVITE') caller.ack(refusal)
  }
  caller.toTag = 'never-was'
  caller.send('MESSAGE')
  await caller.response(481, 'MESSAGE')
})

void test('the application asks in a dialog that is over', async (t) => {
  const { caller, dialog } = await answered(t)
  const ended = new Promise((resolve) => dialog.on('destroy', resolve))
  caller.send('BYE')
  await caller.response(200, 'BYE')
  await ended
  await t.rejects(dialog.request({ method: 'INFO' }), { code: 'ENODIALOG' })
})

void test('both sides hang up at the same time', async (t) => {
  const { phone, caller, dialog } = await answered(t)
  const destroyed = dialog.destroy()
  const bye = await phone.request('BYE')
  caller.send('BYE')
  const answer = await caller.response(0, 'BYE')
  t.ok(answer.status === 200 || answer.status === 481)
  phone.answer(bye, 200)
  await destroyed
})

void test('a stray ACK is answered by nobody', async (t) => {
  const { phone, caller, dialog } = await answered(t)
  const before = phone.seen.length
  caller.toTag = 'unknown'
  caller.send('ACK', { seq: 1 })
  caller.toTag = dialog.sip.localTag
  dialog.on('info', (_request, response) => response.send(200))
  caller.send('INFO')
  await caller.response(200, 'INFO')
  t.equal(phone.seen.length, before + 1)
})

void test('a caller hangs up while it rings: BYE of the early dialog', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite', 'bye')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'uas')
  caller.send('INVITE', { body: sdp })
  const { response } = await app.asked('invite')
  response.send(180)
  await caller.response(180)
  caller.send('BYE')
  const { response: byeResponse } = await app.asked('bye')
  byeResponse.send(200)
  await caller.response(200, 'BYE')
  t.equal((await caller.response(487, 'INVITE')).to.tag, caller.toTag)
})
