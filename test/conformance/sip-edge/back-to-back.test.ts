import { test, type Test } from 'tap'
import { Caller, otherSdp, sdp } from './support/caller.ts'
import { edgeUnderTest } from './support/edge-under-test.ts'
import { Phone } from './support/phone.ts'
import { refusalOf, srfApp } from './support/srf-app.ts'

/** A caller whom the application connects with another phone. */
async function connecting(t: Test, transports: readonly ['udp' | 'tcp', 'udp' | 'tcp'] = ['udp', 'udp']) {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite')
  const caller = new Caller(await Phone.open(t, edge, { transport: transports[0] }), 'b2b')
  const callee = await Phone.open(t, edge, { transport: transports[1] })
  caller.send('INVITE', { body: sdp, headers: { Subject: 'Performance Test' } })
  const { request, response } = await app.asked('invite')
  const both = app.srf.createB2BUA(request, response, callee.uri, {
    localSdpB: request.body,
    headers: { 'X-Leg': 'B' },
    responseHeaders: { 'X-Leg': 'A' },
    proxyRequestHeaders: ['subject'],
  })
  const refusal = refusalOf(both)
  return { edge, app, caller, callee, both, refusal }
}

for (const transports of [
  ['udp', 'udp'],
  ['tcp', 'udp'],
  ['udp', 'tcp'],
] as const) {
  void test(`two legs, ${transports.join(' to ')}`, async (t) => {
    const { caller, callee, both } = await connecting(t, transports)
    const invite = await callee.request('INVITE')
    t.equal(invite.get('X-Leg'), 'B')
    t.equal(invite.get('Subject'), 'Performance Test')
    t.not(invite.callId, caller.callId)
    callee.answer(invite, 180)
    t.equal((await caller.response(180)).get('X-Leg'), 'A')
    callee.answer(invite, 200, { body: otherSdp })
    await callee.request('ACK')
    const ok = await caller.response(200)
    t.equal(ok.body.toString(), otherSdp)
    const { uas, uac } = await both
    const acked = new Promise((resolve) => uas.once('ack', resolve))
    caller.ack(ok)
    await acked
    uas.on('destroy', () => void uac.destroy())
    caller.send('BYE')
    await caller.response(200, 'BYE')
    callee.answer(await callee.request('BYE'), 200)
  })
}

void test('the called side refuses', async (t) => {
  const { caller, callee, refusal } = await connecting(t)
  callee.answer(await callee.request('INVITE'), 486)
  await callee.request('ACK')
  caller.ack(await caller.response(486))
  t.equal(await refusal, 486)
})

void test('the caller cancels', async (t) => {
  const { caller, callee, refusal } = await connecting(t)
  const invite = await callee.request('INVITE')
  callee.answer(invite, 180)
  await caller.response(180)
  caller.cancel({ Reason: 'SIP;cause=200;text="Call completed elsewhere"' })
  await caller.response(200, 'CANCEL')
  caller.ack(await caller.response(487, 'INVITE'))
  const cancel = await callee.request('CANCEL')
  t.equal(cancel.get('Reason'), 'SIP;cause=200;text="Call completed elsewhere"')
  callee.answer(cancel, 200)
  callee.answer(invite, 487)
  await callee.request('ACK')
  t.equal(await refusal, 487)
})

void test('a call that leads back to the server: both ends are here', async (t) => {
  const edge = await edgeUnderTest(t)
  // drachtio-server refuses to call itself.
  if (!edge.builtIn) return
  const app = await srfApp(t, edge, 'invite')
  const calling = app.srf.createUAC(`sip:uas@${edge.host}:${edge.udpPort}`, { localSdp: sdp })
  const { request, response } = await app.asked('invite')
  const uas = await app.srf.createUAS(request, response, { localSdp: otherSdp })
  const uac = await calling
  t.equal(uac.remote.sdp, otherSdp)
  t.not(uac.id, uas.id)
  const heard = new Promise<void>((resolve) =>
    uas.on('info', (_request, answer) => {
      answer.send(200)
      resolve()
    }),
  )
  t.equal((await uac.request({ method: 'INFO' })).status, 200)
  await heard
  const ended = new Promise((resolve) => uac.on('destroy', resolve))
  await uas.destroy()
  await ended
})
