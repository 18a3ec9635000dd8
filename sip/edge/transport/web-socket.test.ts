import { once } from 'node:events'
import { createServer, get } from 'node:http'
import { test, type Test } from 'tap'
import { WebSocket, type ClientOptions } from 'ws'
import { FakeClock } from '../../../core/fake-clock.ts'
import { answerFault } from '../message/answer-fault.ts'
import { SipResponse } from '../message/sip-response.ts'
import { testAuthority, testIdentity } from './testing/test-identity.ts'
import { options, portOf, testTransport, type TestTransportOptions } from './testing/test-transport.ts'
import { Unreachable, type ConnectionCut } from './transport-error.ts'
import type { TransportLayer } from './transport-layer.ts'

const listen = [
  { protocol: 'ws', host: '127.0.0.1', port: 0 },
  { protocol: 'wss', host: '127.0.0.1', port: 0 },
] as const

/** A transport that answers every request, and every malformed one as it deserves. */
async function answering(t: Test, more: TestTransportOptions = {}): Promise<TransportLayer> {
  const transport = await testTransport(t, { listen, tls: testIdentity('server'), ...more })
  transport.on('message', (message, flow) => {
    if (message.kind === 'request') flow.send(SipResponse.to(message, 200).toBuffer())
  })
  transport.on('malformed', (fault, flow, request) => {
    const answer = request && answerFault(fault, request, 'here')
    if (answer) flow.send(answer.toBuffer())
  })
  return transport
}

async function browser(t: Test, url: string, more: ClientOptions = {}): Promise<WebSocket> {
  const webSocket = new WebSocket(url, 'sip', { ca: testAuthority, ...more })
  t.teardown(() => webSocket.terminate())
  await once(webSocket, 'open')
  return webSocket
}

function urlOf(transport: TransportLayer, protocol: 'ws' | 'wss'): string {
  return `${protocol}://127.0.0.1:${portOf(transport, protocol)}`
}

async function answerTo(webSocket: WebSocket, bytes: Buffer | string): Promise<{ text: string; isBinary: boolean }> {
  const answered = once(webSocket, 'message') as Promise<[Buffer, boolean]>
  webSocket.send(bytes)
  const [data, isBinary] = await answered
  return { text: data.toString(), isBinary }
}

for (const protocol of ['ws', 'wss'] as const) {
  void test(`a request and its response over ${protocol}`, async (t) => {
    const server = await answering(t)
    const phone = await browser(t, `${urlOf(server, protocol)}/any/path`)
    t.equal(phone.protocol, 'sip')
    const heard = server.next('message')
    const via = 'SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bK56sdasks'
    const answer = await answerTo(phone, options('c1', { Via: via, From: '"Jürgen" <sip:j@a>;tag=1' }).toString())
    t.match(answer, {
      text: /^SIP\/2\.0 200 OK\r\n.*Via: SIP\/2\.0\/WSS df7jal23ls0d\.invalid.*Jürgen/s,
      isBinary: false,
    })
    const [, flow] = await heard
    t.match(flow, { protocol, isReliable: true, isOpen: true, remoteAddress: '127.0.0.1' })
    const back = { protocol, address: flow.remoteAddress, port: flow.remotePort }
    t.equal(await server.flowTo(back), flow, 'a browser is called over its own connection')
    const closed = server.next('closed')
    phone.close()
    t.equal((await closed)[0], flow)
    await t.rejects(server.flowTo(back), Unreachable)
    t.match(server.stats(), { received: { [protocol]: 1 }, sent: { [protocol]: 1 }, connections: { open: 0 } })
  })
}

void test('bytes that are no UTF-8 travel as a binary message', async (t) => {
  const server = await answering(t)
  const phone = await browser(t, urlOf(server, 'ws'))
  const bytes = Buffer.from(options('c1').toString().replace('tag=1', 'tag=\xfc'), 'latin1')
  t.match(await answerTo(phone, bytes), { text: /^SIP\/2\.0 200 OK/, isBinary: true })
})

void test('a message need not state its length; a malformed one is answered and the connection stays', async (t) => {
  const server = await answering(t)
  const phone = await browser(t, urlOf(server, 'ws'))
  const text = options('c1').toString()
  t.match(await answerTo(phone, text.replace('1 OPTIONS', '1 INVITE')), { text: /^SIP\/2\.0 400/ })
  t.match(await answerTo(phone, text.replace('Content-Length: 0\r\n', '')), { text: /^SIP\/2\.0 200/ })
  t.match(server.stats().malformed, { 'method-mismatch': 1 })
})

void test('a keep-alive is answered', async (t) => {
  const server = await answering(t)
  const phone = await browser(t, urlOf(server, 'ws'))
  t.equal((await answerTo(phone, '\r\n\r\n')).text, '\r\n')
  t.equal(server.stats().keepAlives, 1)
})

void test('a client that does not speak SIP is refused', async (t) => {
  const server = await answering(t)
  const url = urlOf(server, 'ws')
  for (const protocols of [[], ['xmpp']]) {
    const webSocket = new WebSocket(url, protocols)
    const [error] = (await once(webSocket, 'error')) as [Error]
    t.match(error.message, /400/)
  }
  const [response] = (await once(get(url.replace('ws:', 'http:')), 'response')) as [
    { statusCode: number; resume(): void },
  ]
  response.resume()
  t.equal(response.statusCode, 426)
})

void test('a message over the limit ends the connection', async (t) => {
  const server = await answering(t)
  const phone = await browser(t, urlOf(server, 'ws'))
  const closed = once(phone, 'close') as Promise<[number]>
  phone.send(Buffer.alloc(70_000, 'x'))
  t.equal((await closed)[0], 1009)
  t.equal(server.stats().received.ws, 0)
})

void test('connections are limited for each address', async (t) => {
  const server = await answering(t, { limits: { connectionsPerAddress: 1 } })
  await browser(t, urlOf(server, 'ws'))
  const second = new WebSocket(urlOf(server, 'ws'), 'sip')
  await once(second, 'error')
  t.match(server.stats().connections, { refused: 1, open: 1 })
})

void test('another HTTP server hands over its upgrades', async (t) => {
  const transport = await answering(t)
  const web = createServer()
  web.on('upgrade', (request, socket, head) => {
    if (request.url === '/sip') transport.acceptUpgrade({ request, socket, head }, 'ws')
    else socket.destroy()
  })
  web.listen(0, '127.0.0.1')
  await once(web, 'listening')
  t.teardown(() => web.close())
  const address = web.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const heard = transport.next('message')
  const phone = await browser(t, `ws://127.0.0.1:${port}/sip`)
  t.match(await answerTo(phone, options('c1').toString()), { text: /^SIP\/2\.0 200/ })
  t.match((await heard)[1], { protocol: 'ws', localPort: port, point: { protocol: 'ws', host: '127.0.0.1', port } })
})

void test('a browser that is gone without a word is noticed', async (t) => {
  const clock = new FakeClock()
  const server = await answering(t, { clock })
  const phone = await browser(t, urlOf(server, 'ws'), { autoPong: false })
  await answerTo(phone, options('c1').toString())
  const pinged = once(phone, 'ping')
  const closed = server.next('closed')
  await clock.advance(31_000)
  await pinged
  t.equal(server.stats().connections.cut, 0)
  await clock.advance(31_000)
  t.equal(((await closed)[1] as ConnectionCut).reason, 'idle')
})

void test('the end of the transport ends its WebSockets', async (t) => {
  const server = await answering(t)
  const phone = await browser(t, urlOf(server, 'ws'))
  const closed = once(phone, 'close') as Promise<[number]>
  await server.close()
  t.equal((await closed)[0], 1000)
})
