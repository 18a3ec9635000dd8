import { test } from 'tap'
import { Caller, otherSdp, sdp } from './support/caller.ts'
import { edgeUnderTest } from './support/edge-under-test.ts'
import { Phone } from './support/phone.ts'
import { srfApp } from './support/srf-app.ts'

const connected = ['tcp', 'tls', 'ws', 'wss'] as const

for (const transport of connected) {
  void test(`a phone over ${transport} registers and calls`, async (t) => {
    const edge = await edgeUnderTest(t)
    const app = await srfApp(t, edge, 'register', 'invite')
    const phone = await Phone.open(t, edge, { transport })
    const registering = new Caller(phone, 'alice')
    registering.send('REGISTER')
    const register = await app.asked('register')
    t.equal(register.request.protocol, transport)
    t.equal(register.request.source_port, phone.connectionPort)
    t.equal(register.request.receivedOn, phone.server)
    register.response.send(200, { headers: { Contact: `<${phone.uri}>;expires=60` } })
    await registering.response(200)

    const caller = new Caller(phone, 'uas')
    caller.send('INVITE', { body: sdp })
    const { request, response } = await app.asked('invite')
    const dialog = await app.srf.createUAS(request, response, { localSdp: otherSdp })
    const ok = await caller.response(200)
    t.equal(ok.contacts[0]?.sip?.transport, transport === 'wss' ? 'ws' : transport)
    caller.ack(ok)
    void dialog.destroy()
    const bye = await phone.request('BYE')
    t.equal(bye.uri, phone.uri)
    phone.answer(bye, 200)
  })

  void test(`a phone over ${transport} is called over the connection it opened`, async (t) => {
    const edge = await edgeUnderTest(t)
    const app = await srfApp(t, edge, 'options')
    const phone = await Phone.open(t, edge, { transport })
    const caller = new Caller(phone)
    caller.send('OPTIONS')
    const { request, response } = await app.asked('options')
    response.send(200)
    await caller.response(200)

    const proxy = `sip:${request.source_address}:${request.source_port};transport=${request.protocol}`
    const calling = app.srf.createUAC(phone.uri, { localSdp: sdp, proxy })
    const invite = await phone.request('INVITE')
    t.equal(invite.uri, phone.uri)
    t.equal(invite.topVia.transport, transport.toUpperCase())
    t.equal(`${invite.topVia.host}:${invite.topVia.port}`, phone.server)
    phone.answer(invite, 180)
    phone.answer(invite, 200, { body: sdp })
    const dialog = await calling
    await phone.request('ACK')
    const changed = dialog.modify(otherSdp)
    phone.answer(await phone.request('INVITE'), 200, { body: sdp })
    await changed
    await phone.request('ACK')
    void dialog.destroy()
    phone.answer(await phone.request('BYE'), 200)
  })

  void test(`a connection over ${transport} that ends while a request is out: 503`, async (t) => {
    const edge = await edgeUnderTest(t)
    const app = await srfApp(t, edge, 'options')
    const phone = await Phone.open(t, edge, { transport })
    const caller = new Caller(phone)
    caller.send('OPTIONS')
    const { request, response } = await app.asked('options')
    response.send(200)
    const proxy = `sip:${request.source_address}:${request.source_port};transport=${request.protocol}`
    const calling = app.srf.createUAC(phone.uri, { localSdp: sdp, proxy }).catch((error: unknown) => error)
    await phone.request('INVITE')
    phone.close()
    t.match(await calling, { status: 503 })
  })
}

void test('a browser that is gone cannot be called: 503', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const calling = srf.createUAC('sip:phone@gone.invalid;transport=ws', {
    localSdp: sdp,
    proxy: 'sip:127.0.0.1:1;transport=ws',
  })
  t.match(await calling.catch((error: unknown) => error), { status: 503 })
})

void test('a call from a desk phone to a browser', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite', 'options')
  const browser = await Phone.open(t, edge, { transport: 'wss' })
  const announcing = new Caller(browser)
  announcing.send('OPTIONS')
  const { request: options, response: welcome } = await app.asked('options')
  welcome.send(200)
  const caller = new Caller(await Phone.open(t, edge), 'browser')
  caller.send('INVITE', { body: sdp })
  const { request, response } = await app.asked('invite')
  const proxy = `sip:${options.source_address}:${options.source_port};transport=wss`
  const both = app.srf.createB2BUA(request, response, browser.uri, { localSdpB: sdp, proxy })
  browser.answer(await browser.request('INVITE'), 200, { body: otherSdp })
  await browser.request('ACK')
  const ok = await caller.response(200)
  t.equal(ok.body.toString(), otherSdp)
  const { uas, uac } = await both
  uas.on('destroy', () => void uac.destroy())
  caller.ack(ok)
  caller.send('BYE')
  await caller.response(200, 'BYE')
  browser.answer(await browser.request('BYE'), 200)
})

void test('a phone behind NAT whose Contact leads nowhere is reached where it speaks', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'uas')
  caller.send('INVITE', { body: sdp, headers: { Contact: '<sip:phone@192.168.77.5:5060>' } })
  const { request, response } = await app.asked('invite')
  const dialog = await app.srf.createUAS(request, response, { localSdp: sdp })
  caller.ack(await caller.response(200))
  void dialog.destroy()
  const bye = await phone.request('BYE')
  t.equal(bye.uri, 'sip:phone@192.168.77.5:5060')
  phone.answer(bye, 200)
})

void test('a phone behind NAT that gets another port is followed', async (t) => {
  const edge = await edgeUnderTest(t)
  const app = await srfApp(t, edge, 'invite')
  const phone = await Phone.open(t, edge)
  const caller = new Caller(phone, 'uas')
  const contact = { Contact: '<sip:phone@192.168.77.5:5060>' }
  caller.send('INVITE', { body: sdp, headers: contact })
  const { request, response } = await app.asked('invite')
  const dialog = await app.srf.createUAS(request, response, { localSdp: sdp })
  caller.ack(await caller.response(200))
  const moved = await Phone.open(t, edge)
  const heard = new Promise<void>((resolve) =>
    dialog.on('info', (_request, answer) => {
      answer.send(200)
      resolve()
    }),
  )
  moved.send(caller.make('INFO', { headers: contact }))
  await heard
  await moved.response(200)
  void dialog.destroy()
  moved.answer(await moved.request('BYE'), 200)
})

void test('a large request goes over TCP where TCP is taken, else over UDP', async (t) => {
  const edge = await edgeUnderTest(t)
  const { srf } = await srfApp(t, edge)
  const long = { localSdp: sdp, headers: { 'X-Long': 'x'.repeat(1300) } }
  const overUdp = await Phone.open(t, edge)
  void srf.createUAC(`sip:phone@127.0.0.1:${overUdp.port}`, long).catch(() => undefined)
  const invite = await overUdp.request('INVITE')
  t.equal(invite.topVia.transport, 'UDP')
  overUdp.answer(invite, 486)

  const overTcp = await Phone.open(t, edge, { transport: 'tcp' })
  void srf.createUAC(`sip:phone@127.0.0.1:${overTcp.port}`, long).catch(() => undefined)
  const large = await overTcp.request('INVITE')
  t.equal(large.topVia.transport, 'TCP')
  overTcp.answer(large, 486)
  await overTcp.request('ACK')
})
