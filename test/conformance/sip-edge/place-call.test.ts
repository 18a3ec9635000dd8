import { test } from 'tap'
import { otherSdp, sdp } from './support/caller.ts'
import { edgeUnderTest } from './support/edge-under-test.ts'
import { Phone } from './support/phone.ts'
import { refusalOf, srfApp, type AppAnswer, type AppRequest } from './support/srf-app.ts'

for (const transport of ['udp', 'tcp'] as const) {
  void test(`the application calls a phone over ${transport} and hangs up`, async (t) => {
    const edge = await edgeUnderTest(t)
    const { srf } = await srfApp(t, edge)
    const phone = await Phone.open(t, edge, { transport })
    const provisional: number[] = []
    const calling = srf.createUAC(
      phone.uri,
      { localSdp: sdp, headers: { 'X-Custom': 'kept' } },
      { cbProvisional: (response) => provisional.push(response.status) },
    )
    const invite = await phone.request('INVITE')
    t.equal(invite.uri, phone.uri)
    t.equal(invite.body.toString(), sdp)
    t.equal(invite.get('Content-Type'), 'application/sdp')
    t.equal(invite.get('X-Custom'), 'kept')
    t.equal(invite.get('Max-Forwards'), '70')
    t.equal(invite.to.uri, phone.uri)
    t.equal(invite.to.tag, undefined)
    t.ok(invite.from.tag)
    t.equal(`${invite.from.sip?.host}:${invite.from.sip?.port}`, phone.server)
    t.equal(`${invite.contacts[0]?.sip?.host}:${invite.contacts[0]?.sip?.port}`, phone.server)
    t.equal(invite.contacts[0]?.sip?.transport, transport === 'tcp' ? 'tcp' : undefined)
    t.equal(invite.topVia.transport, transport.toUpperCase())
    t.equal(`${invite.topVia.host}:${invite.topVia.port}`, phone.server)
    t.equal(invite.topVia.rport, true)
    phone.answer(invite, 100)
    phone.answer(invite, 180)
    phone.answer(invite, 200, { body: otherSdp })

    const dialog = await calling
    t.strictSame(provisional, [180], '100 is not for the application')
    t.equal(dialog.remote.sdp, otherSdp)
    t.equal(dialog.sip.remoteTag, 'phone-tag')
    t.equal(dialog.id, `${invite.callId};from-tag=${invite.from.tag}`)
    const ack = await phone.request('ACK')
    t.equal(ack.uri, phone.uri)
    t.equal(ack.cseq.number, invite.cseq.number)
    t.equal(ack.to.tag, 'phone-tag')
    t.not(ack.topVia.branch, invite.topVia.branch)

    const destroyed = dialog.destroy()
    const bye = await phone.request('BYE')
    t.equal(bye.cseq.number, invite.cseq.number + 1)
    t.equal(bye.from.toString(), invite.from.toString())
    phone.answer(bye, 200)
    await destroyed
  })
}

void test('the phone hangs up', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const phone = await Phone.open(t, edge)
  const calling = srf.createUAC(phone.uri, { localSdp: sdp })
  const invite = await phone.request('INVITE')
  phone.answer(invite, 200, { body: sdp })
  const dialog = await calling
  await phone.request('ACK')
  const ended = new Promise((resolve) => dialog.on('destroy', resolve))
  phone.send(inDialog(phone, invite, 'BYE', 1))
  t.equal((await phone.response(200, 'BYE')).callId, invite.callId)
  await ended
})

void test('localhost in From and Contact stands for the server; tags and numbers are supplied', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const phone = await Phone.open(t, edge)
  const calling = srf.createUAC(phone.uri, {
    localSdp: sdp,
    headers: { from: '"Pro Be" <sip:probe@localhost>', contact: '"Pro Be" <sip:probe@localhost>' },
  })
  const invite = await phone.request('INVITE')
  t.equal(invite.from.uri, `sip:probe@${phone.server}`)
  t.equal(invite.from.displayName, 'Pro Be')
  t.equal(invite.contacts[0]?.uri, `sip:probe@${phone.server}`)
  phone.answer(invite, 486)
  t.equal(await refusalOf(calling), 486)
})

for (const status of [302, 404, 486, 503, 603]) {
  void test(`the phone refuses with ${status}: the server acknowledges, the application learns it once`, async (t) => {
    const edge = await edgeUnderTest(t)
    const { srf } = await srfApp(t, edge)
    const phone = await Phone.open(t, edge)
    const calling = srf.createUAC(phone.uri, { localSdp: sdp })
    const invite = await phone.request('INVITE')
    phone.answer(invite, status, { headers: { 'X-Why': 'because' } })
    const error = (await calling.catch((thrown: unknown) => thrown)) as { status: number; res: AppAnswer }
    t.equal(error.status, status)
    t.equal(error.res.get('X-Why'), 'because')
    const ack = await phone.request('ACK')
    t.equal(ack.topVia.branch, invite.topVia.branch, 'in the branch of the INVITE')
    t.equal(ack.to.tag, 'phone-tag')
    phone.answer(invite, status)
    t.equal(
      (await phone.request('ACK')).topVia.branch,
      invite.topVia.branch,
      'a repeated refusal is acknowledged again',
    )
  })
}

void test('the application cancels a call that rings', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const phone = await Phone.open(t, edge)
  let sent: AppRequest | undefined
  const calling = srf.createUAC(phone.uri, { localSdp: sdp }, { cbRequest: (_error, request) => (sent = request) })
  const invite = await phone.request('INVITE')
  phone.answer(invite, 180)
  const rung = new Promise((resolve) => sent?.on('response', resolve))
  await rung
  sent?.cancel({ headers: { Reason: 'SIP;cause=200;text="Call completed elsewhere"' } })
  const cancel = await phone.request('CANCEL')
  t.equal(cancel.uri, invite.uri)
  t.equal(cancel.topVia.branch, invite.topVia.branch)
  t.equal(cancel.cseq.number, invite.cseq.number)
  t.equal(cancel.from.toString(), invite.from.toString())
  t.equal(cancel.to.tag, undefined)
  t.equal(cancel.get('Reason'), 'SIP;cause=200;text="Call completed elsewhere"')
  phone.answer(cancel, 200)
  phone.answer(invite, 487)
  await phone.request('ACK')
  t.equal(await refusalOf(calling), 487)
})

void test('a CANCEL waits for the first answer of the phone', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const phone = await Phone.open(t, edge)
  const calling = srf.createUAC(phone.uri, { localSdp: sdp }, { cbRequest: (_error, request) => request.cancel() })
  const invite = await phone.request('INVITE')
  await new Promise((resolve) => setTimeout(resolve, edge.t1Ms / 2))
  t.strictSame(
    phone.requests.left.filter(({ method }) => method === 'CANCEL'),
    [],
  )
  phone.answer(invite, 100)
  phone.answer(await phone.request('CANCEL'), 200)
  phone.answer(invite, 487)
  t.equal(await refusalOf(calling), 487)
})

void test('a phone that answers while it is cancelled is acknowledged and hung up', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const phone = await Phone.open(t, edge)
  let sent: AppRequest | undefined
  const calling = srf.createUAC(phone.uri, { localSdp: sdp }, { cbRequest: (_error, request) => (sent = request) })
  const invite = await phone.request('INVITE')
  phone.answer(invite, 180)
  await new Promise((resolve) => sent?.on('response', resolve))
  sent?.cancel()
  phone.answer(await phone.request('CANCEL'), 200)
  phone.answer(invite, 200, { body: sdp })
  await phone.request('ACK')
  phone.answer(await phone.request('BYE'), 200)
  await calling
})

void test('an INVITE is repeated until something answers', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const phone = await Phone.open(t, edge)
  const calling = srf.createUAC(phone.uri, { localSdp: sdp })
  const first = await phone.request('INVITE')
  const second = await phone.request('INVITE')
  t.strictSame(second.toBuffer(), first.toBuffer())
  phone.answer(second, 486)
  t.equal(await refusalOf(calling), 486)
})

void test('a phone that never answers: 408 when patience ends', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const phone = await Phone.open(t, edge)
  t.setTimeout(edge.patienceMs + 30_000)
  const calling = srf.createUAC(phone.uri, { localSdp: sdp })
  t.equal(await refusalOf(calling), 408)
})

void test('a TCP port where nobody listens: 503', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const gone = await Phone.open(t, edge, { transport: 'tcp' })
  gone.close()
  t.equal(await refusalOf(srf.createUAC(gone.uri, { localSdp: sdp })), 503)
})

void test('a host without an address: 503', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  t.equal(await refusalOf(srf.createUAC('sip:nobody@nohost.invalid', { localSdp: sdp })), 503)
})

void test('a repeated 200 is acknowledged again', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const phone = await Phone.open(t, edge)
  const calling = srf.createUAC(phone.uri, { localSdp: sdp })
  const invite = await phone.request('INVITE')
  phone.answer(invite, 200, { body: sdp })
  await calling
  const first = await phone.request('ACK')
  phone.answer(invite, 200, { body: sdp })
  const second = await phone.request('ACK')
  t.strictSame(second.toBuffer(), first.toBuffer())
})

void test('the request goes to the proxy that is named, with its own request-URI', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const proxy = await Phone.open(t, edge)
  const calling = srf.createUAC('sip:bob@example.invalid', { localSdp: sdp, proxy: `sip:127.0.0.1:${proxy.port}` })
  const invite = await proxy.request('INVITE')
  t.equal(invite.uri, 'sip:bob@example.invalid')
  proxy.answer(invite, 404)
  t.equal(await refusalOf(calling), 404)
})

void test('a Route that the application writes is followed', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const proxy = await Phone.open(t, edge)
  const route = `<sip:127.0.0.1:${proxy.port};lr>`
  const calling = srf.createUAC('sip:bob@example.invalid', { localSdp: sdp, headers: { Route: route } })
  const invite = await proxy.request('INVITE')
  t.strictSame(invite.values('Route'), [route])
  proxy.answer(invite, 404)
  t.equal(await refusalOf(calling), 404)
})

void test('Record-Route of the 200 is the way of ACK and BYE', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const phone = await Phone.open(t, edge)
  const proxy = await Phone.open(t, edge)
  const calling = srf.createUAC(phone.uri, { localSdp: sdp })
  const invite = await phone.request('INVITE')
  const routes = ['<sip:far.example.com;lr>', `<sip:127.0.0.1:${proxy.port};lr>`]
  phone.answer(invite, 200, { body: sdp, headers: { 'Record-Route': routes.join(', ') } })
  const dialog = await calling
  const ack = await proxy.request('ACK')
  t.strictSame(ack.values('Route'), [...routes].reverse())
  t.equal(ack.uri, phone.uri)
  void dialog.destroy()
  proxy.answer(await proxy.request('BYE'), 200)
})

void test('a phone whose Contact differs from where it speaks is answered where it speaks', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const phone = await Phone.open(t, edge)
  const calling = srf.createUAC(phone.uri, { localSdp: sdp })
  const invite = await phone.request('INVITE')
  phone.answer(invite, 200, { body: sdp, headers: { Contact: '<sip:phone@10.255.255.1:5060>' } })
  const dialog = await calling
  t.equal((await phone.request('ACK')).uri, 'sip:phone@10.255.255.1:5060')
  void dialog.destroy()
  phone.answer(await phone.request('BYE'), 200)
})

void test('a challenge is answered in the same call: next number, same tag, new branch', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const phone = await Phone.open(t, edge)
  const calling = srf.createUAC(phone.uri, { localSdp: sdp, auth: { username: 'u', password: 'p' } })
  const first = await phone.request('INVITE')
  phone.answer(first, 401, {
    headers: { 'WWW-Authenticate': 'Digest realm="r", nonce="n", algorithm=MD5, qop="auth"' },
  })
  await phone.request('ACK')
  const second = await phone.request('INVITE')
  t.equal(second.callId, first.callId)
  t.equal(second.from.tag, first.from.tag)
  t.equal(second.to.tag, undefined)
  t.equal(second.cseq.number, first.cseq.number + 1)
  t.not(second.topVia.branch, first.topVia.branch)
  t.match(second.get('Authorization'), /username="u"/)
  phone.answer(second, 200, { body: sdp })
  const dialog = await calling
  t.equal((await phone.request('ACK')).cseq.number, second.cseq.number)
  void dialog.destroy()
  const bye = await phone.request('BYE')
  t.equal(bye.cseq.number, second.cseq.number + 1)
  phone.answer(bye, 200)
})

void test('a call without an offer: the SDP answer goes in the ACK', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const phone = await Phone.open(t, edge)
  const calling = srf.createUAC(phone.uri, { noAck: true }) as unknown as Promise<{
    sdp: string
    ack: (sdp: string) => Promise<unknown>
  }>
  const invite = await phone.request('INVITE')
  t.equal(invite.body.length, 0)
  phone.answer(invite, 200, { body: sdp })
  const offered = await calling
  t.equal(offered.sdp, sdp)
  await offered.ack(otherSdp)
  const ack = await phone.request('ACK')
  t.equal(ack.body.toString(), otherSdp)
  t.equal(ack.get('Content-Type'), 'application/sdp')
})

void test('a forked call: each branch has its early dialog, the first answer wins, a second one is hung up', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const phone = await Phone.open(t, edge)
  const calling = srf.createUAC(phone.uri, { localSdp: sdp })
  const invite = await phone.request('INVITE')
  phone.answer(invite, 180, { tag: 'one' })
  phone.answer(invite, 180, { tag: 'two' })
  phone.answer(invite, 200, { tag: 'two', body: sdp })
  const dialog = await calling
  t.equal(dialog.sip.remoteTag, 'two')
  t.equal((await phone.request('ACK')).to.tag, 'two')
  phone.answer(invite, 200, { tag: 'one', body: sdp })
  t.equal((await phone.request('ACK')).to.tag, 'one')
  const bye = await phone.request('BYE')
  t.equal(bye.to.tag, 'one')
  phone.answer(bye, 200)
  void dialog.destroy()
  t.equal((await phone.request('BYE')).to.tag, 'two', 'the call that won is untouched')
})

void test('a redirection is followed when the application wants it', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const [phone, other] = [await Phone.open(t, edge), await Phone.open(t, edge)]
  const calling = srf.createUAC(phone.uri, { localSdp: sdp, followRedirects: true })
  phone.answer(await phone.request('INVITE'), 302, { headers: { Contact: `<${other.uri}>` } })
  await phone.request('ACK')
  other.answer(await other.request('INVITE'), 200, { body: sdp })
  const dialog = await calling
  await other.request('ACK')
  void dialog.destroy()
  other.answer(await other.request('BYE'), 200)
})

/** A request of the called phone within the dialog of `invite`. */
function inDialog(phone: Phone, invite: Awaited<ReturnType<Phone['request']>>, method: string, seq: number): string {
  return [
    `${method} ${invite.contacts[0]?.uri ?? ''} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${phone.port};rport;branch=z9hG4bK${method}${seq}${invite.callId}`,
    'Max-Forwards: 70',
    `From: ${invite.get('To') ?? ''};tag=phone-tag`,
    `To: ${invite.get('From') ?? ''}`,
    `Call-ID: ${invite.callId}`,
    `CSeq: ${seq} ${method}`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n')
}
