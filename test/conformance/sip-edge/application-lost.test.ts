import { test, type Test } from 'tap'
import { Caller, sdp } from './support/caller.ts'
import { edgeUnderTest, type EdgeUnderTest } from './support/edge-under-test.ts'
import { Phone } from './support/phone.ts'
import { ControlClient } from './support/control-client.ts'

const noBody = 'Content-Length: 0\r\n\r\n'

async function application(t: Test) {
  const edge = await edgeUnderTest(t)
  const client = await ControlClient.authenticated(t, edge.control)
  for (const method of ['invite', 'options']) await client.ask(`route|${method}`)
  const phone = await Phone.open(t, edge)
  return { edge, client, phone, caller: new Caller(phone, 'uas') }
}

/** Ends the connection and waits until the server must have noticed: it has let in another one since. */
async function lose(t: Test, client: ControlClient, edge: EdgeUnderTest): Promise<void> {
  client.destroy()
  await client.closed()
  const other = await ControlClient.authenticated(t, edge.control)
  await other.ask('ping')
}

void test('a call that rings when the application dies is refused', async (t) => {
  const { client, caller } = await application(t)
  caller.send('INVITE', { body: sdp })
  const { tokens } = await client.message('INVITE')
  await client.ask(`sip|${tokens[8]}|`, `SIP/2.0 180 Ringing\r\n${noBody}`)
  await caller.response(180)
  client.destroy()
  const refusal = await caller.response(503)
  caller.ack(refusal)
})

void test('a request that waits for an answer gets one', async (t) => {
  const { client, caller } = await application(t)
  caller.send('OPTIONS')
  await client.message('OPTIONS')
  client.destroy()
  await caller.response(503)
})

void test('the far end hangs up a call whose application is gone', async (t) => {
  const { edge, client, caller } = await application(t)
  caller.send('INVITE', { body: sdp })
  const { tokens } = await client.message('INVITE')
  await client.ask(`sip|${tokens[8]}|`, `SIP/2.0 200 OK\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`)
  caller.ack(await caller.response(200))
  await client.message('ACK')
  await lose(t, client, edge)
  caller.send('INFO')
  await caller.response(481, 'INFO')
  caller.send('BYE')
  await caller.response(200, 'BYE')
})

void test('a phone that rings for an application that is gone is cancelled', async (t) => {
  const { client, phone } = await application(t)
  await client.ask('sip||', `INVITE ${phone.uri} SIP/2.0\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`)
  const invite = await phone.request('INVITE')
  phone.answer(invite, 180)
  await client.message('SIP/2.0 180')
  client.destroy()
  phone.answer(await phone.request('CANCEL'), 200)
  phone.answer(invite, 487)
  await phone.request('ACK')
})

void test('a phone that answers an application that is gone is acknowledged and hung up', async (t) => {
  const { client, phone } = await application(t)
  await client.ask('sip||', `INVITE ${phone.uri} SIP/2.0\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`)
  const invite = await phone.request('INVITE')
  phone.answer(invite, 180)
  await client.message('SIP/2.0 180')
  client.destroy()
  await phone.request('CANCEL')
  phone.answer(invite, 200, { body: sdp })
  await phone.request('ACK')
  phone.answer(await phone.request('BYE'), 200)
})

void test('an application that comes back gets requests again', async (t) => {
  const { edge, client, caller } = await application(t)
  await lose(t, client, edge)
  const again = await ControlClient.authenticated(t, edge.control)
  await again.ask('route|options')
  caller.send('OPTIONS')
  const { tokens } = await again.message('OPTIONS')
  await again.ask(`sip|${tokens[8]}|`, `SIP/2.0 200 OK\r\n${noBody}`)
  await caller.response(200)
})

void test('another application takes over', async (t) => {
  const { edge, client, caller } = await application(t)
  const other = await ControlClient.authenticated(t, edge.control)
  await other.ask('route|options')
  await lose(t, client, edge)
  caller.send('OPTIONS')
  const { tokens } = await other.message('OPTIONS')
  await other.ask(`sip|${tokens[8]}|`, `SIP/2.0 200 OK\r\n${noBody}`)
  await caller.response(200)
})
