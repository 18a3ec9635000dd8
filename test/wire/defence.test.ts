import { once } from 'node:events'
import { test } from 'tap'
import { Office } from '../support/office.ts'
import { RawUdp, rawTcp, requestText } from './raw-sip.ts'
import { until } from './until.ts'

const uri = 'sip:1001@office.test'
const [guesser, scanner, flooder] = ['127.0.0.2', '127.0.0.3', '127.0.0.4'] as const

interface Bans {
  readonly items: readonly { readonly address: string; readonly because: string; readonly times: number }[]
}

void test('the exchange defends itself', async (t) => {
  // Nobody here is of these networks: loopback is treated as any other address.
  const env = { STROWGER_SIP_ALLOW: '192.0.2.0/24', STROWGER_LIMITS_SIP_MESSAGES_PER_SECOND: '20' }
  const office = await Office.open(t, { env })
  const { exchange, api } = office
  const bob = await office.hires('Bob', '1001')
  const rawFrom = async (address: string) => {
    const raw = await RawUdp.open(exchange.sip, address)
    t.teardown(() => raw.close())
    return raw
  }
  const bans = async () => (await api.ask<Bans>('GET', '/bans')).items
  const droppedBeyond = (before: number) =>
    until(
      () => exchange.metric('strowger_sip_dropped_total'),
      (count) => count > before,
    )
  const dropped = () => exchange.metric('strowger_sip_dropped_total')

  await t.test('who guesses passwords is not answered any more, until he is let in again', async (t) => {
    const phone = await office.unregisteredPhone(bob, { password: 'wrong', localAddress: guesser })
    for (let n = 0; n < 10; n++) t.equal((await phone.triesToRegister()).status, 401)
    t.match(await bans(), [{ address: guesser, because: 'wrong-password', times: 1 }])

    const raw = await rawFrom(guesser)
    const before = await dropped()
    await raw.send(requestText('OPTIONS', uri))
    await droppedBeyond(before)
    const tcp = await rawTcp(exchange.sip, guesser)
    tcp.resume()
    await once(tcp, 'close')
    t.equal(tcp.bytesRead, 0, 'over TCP neither')
    await office.phone(bob)
    t.strictSame(raw.answers, [], 'while another address is served')

    t.equal((await api.call('DELETE', `/bans/${guesser}`)).status, 204)
    await raw.send(requestText('OPTIONS', uri))
    await raw.answer(/^SIP\/2\.0 200 /)
    t.strictSame(await bans(), [])
    t.equal(await exchange.metric('strowger_sip_bans'), 0)
    t.equal(await exchange.metric('strowger_sip_bans_total'), 1)
  })

  await t.test('a scanner gets silence', async (t) => {
    const raw = await rawFrom(scanner)
    const before = await dropped()
    await raw.send(requestText('OPTIONS', uri, { 'User-Agent': 'friendly-scanner' }))
    await droppedBeyond(before)
    await raw.send(requestText('OPTIONS', uri, { 'User-Agent': 'Yealink' }))
    await raw.answer(/^SIP\/2\.0 200 /)
    t.equal(raw.answers.length, 1, 'only the honest request was answered')
    await raw.send(requestText('REGISTER', 'sip:office.test', { 'User-Agent': 'sipvicious' }))
    await until(bans, (items) => items.length > 0)
    t.match(await bans(), [{ address: scanner, because: 'scanner' }])
  })

  await t.test('a flood is cut down to what is allowed', async (t) => {
    const raw = await rawFrom(flooder)
    const before = await dropped()
    for (let n = 0; n < 300; n++) await raw.send(requestText('OPTIONS', uri))
    // At most two windows of five seconds have had a part in it.
    await droppedBeyond(before + 99)
    t.ok(raw.answers.length <= 200)
    await office.phone(bob)
  })
})
