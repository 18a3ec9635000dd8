import { test, type Test } from 'tap'
import type { DnsClient } from '../../../sip/edge/transport/dns-client.ts'
import { sdp } from './support/caller.ts'
import { edgeUnderTest } from './support/edge-under-test.ts'
import { Phone } from './support/phone.ts'
import { refusalOf, sendFrom, srfApp, type AppRequest } from './support/srf-app.ts'

/** A carrier with two servers, the first of which is preferred; `ports` are filled in later. */
async function carrier(t: Test, transport: 'udp' | 'tcp') {
  const ports: number[] = []
  const dns: DnsClient = {
    naptr: async () => [],
    srv: async (name) =>
      name === `_sip._${transport}.carrier.example`
        ? ports.map((port, at) => ({ priority: at, weight: 0, port, name: 'host.carrier.example' }))
        : [],
    addresses: async () => [{ address: '127.0.0.1', family: 4 }],
  }
  const edge = await edgeUnderTest(t, { dns })
  const { srf } = await srfApp(t, edge)
  const servers = [await Phone.open(t, edge, { transport }), await Phone.open(t, edge, { transport })] as const
  ports.push(servers[0].port, servers[1].port)
  const [first, second] = servers
  return { edge, srf, first, second, uri: `sip:bob@carrier.example;transport=${transport}` }
}

void test('a server that says 503 is followed by the next', async (t) => {
  const { edge, srf, first, second, uri } = await carrier(t, 'udp')
  if (!edge.builtIn) return
  const calling = srf.createUAC(uri, { localSdp: sdp })
  const invite = await first.request('INVITE')
  first.answer(invite, 503)
  await first.request('ACK')
  const again = await second.request('INVITE')
  t.equal(again.callId, invite.callId)
  t.equal(again.cseq.number, invite.cseq.number)
  t.not(again.topVia.branch, invite.topVia.branch)
  second.answer(again, 200, { body: sdp })
  const dialog = await calling
  t.equal((await second.request('ACK')).topVia.host, '127.0.0.1')
  void dialog.destroy()
  second.answer(await second.request('BYE'), 200)
})

void test('a server that does not listen is followed by the next', async (t) => {
  const { edge, srf, first, second, uri } = await carrier(t, 'tcp')
  if (!edge.builtIn) return
  first.close()
  const { answer } = await sendFrom(srf, uri, { method: 'OPTIONS' })
  second.answer(await second.request('OPTIONS'), 200)
  t.equal((await answer).status, 200)
})

void test('a server that says nothing is followed by the next', async (t) => {
  const { edge, srf, first, second, uri } = await carrier(t, 'udp')
  if (!edge.builtIn) return
  const calling = srf.createUAC(uri, { localSdp: sdp })
  await first.request('INVITE')
  second.answer(await second.request('INVITE', edge.patienceMs + 4_000), 486)
  t.equal(await refusalOf(calling), 486)
})

void test('all servers fail: the caller hears of the last', async (t) => {
  const { edge, srf, first, second, uri } = await carrier(t, 'udp')
  if (!edge.builtIn) return
  const calling = srf.createUAC(uri, { localSdp: sdp })
  first.answer(await first.request('INVITE'), 503)
  second.answer(await second.request('INVITE'), 503, { reason: 'Both Busy' })
  t.equal(await refusalOf(calling), 503)
})

void test('a refusal that is not 503 is final', async (t) => {
  const { edge, srf, first, second, uri } = await carrier(t, 'udp')
  if (!edge.builtIn) return
  const calling = srf.createUAC(uri, { localSdp: sdp })
  first.answer(await first.request('INVITE'), 486)
  t.equal(await refusalOf(calling), 486)
  t.strictSame(second.seen, [])
})

void test('a server that has begun to ring is not replaced', async (t) => {
  const { edge, srf, first, second, uri } = await carrier(t, 'udp')
  if (!edge.builtIn) return
  const calling = srf.createUAC(uri, { localSdp: sdp })
  const invite = await first.request('INVITE')
  first.answer(invite, 180)
  first.answer(invite, 503)
  t.equal(await refusalOf(calling), 503)
  t.strictSame(second.seen, [])
})

void test('a CANCEL goes to the server that has the call', async (t) => {
  const { edge, srf, first, second, uri } = await carrier(t, 'udp')
  if (!edge.builtIn) return
  let sent: AppRequest | undefined
  const calling = srf.createUAC(uri, { localSdp: sdp }, { cbRequest: (_error, request) => (sent = request) })
  first.answer(await first.request('INVITE'), 503)
  const invite = await second.request('INVITE')
  second.answer(invite, 180)
  await new Promise((resolve) => sent?.on('response', resolve))
  sent?.cancel()
  const cancel = await second.request('CANCEL')
  t.equal(cancel.topVia.branch, invite.topVia.branch)
  second.answer(cancel, 200)
  second.answer(invite, 487)
  t.equal(await refusalOf(calling), 487)
})
