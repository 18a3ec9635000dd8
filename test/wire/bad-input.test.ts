import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'tap'
import { Office } from '../support/office.ts'
import { RawUdp, rawTcp, requestText } from './raw-sip.ts'
import { until } from './until.ts'

const uri = 'sip:1001@office.test'

void test('bad input is answered or dropped, and the exchange goes on', async (t) => {
  const office = await Office.open(t)
  const alice = await office.hires('Alice', '1001')
  const { exchange } = office
  const udp = await RawUdp.open(exchange.sip)
  t.teardown(() => udp.close())

  /** The exchange still lets a phone in. */
  const isWell = async () => {
    const phone = await office.phone(alice)
    await phone.unregisters()
    phone.close()
    return !exchange.hasEnded
  }

  await t.test('garbage and cut-off datagrams', async (t) => {
    const before = await exchange.metric('strowger_sip_malformed_total')
    for (let n = 0; n < 500; n += 1) await udp.send(randomBytes(1 + ((n * 7) % 1400)))
    const whole = requestText('INVITE', uri, { 'Content-Type': 'application/sdp' }, { body: 'v=0\r\n' })
    for (let length = 1; length < whole.length; length += 1) await udp.send(whole.slice(0, length))
    for (const odd of ['\r\n\r\n', '\0', 'SIP/2.0 200 OK\r\n\r\n', 'INVITE\r\n\r\n', `${'A'.repeat(3000)}\r\n\r\n`])
      await udp.send(odd)
    t.ok(await isWell())
    t.ok((await exchange.metric('strowger_sip_malformed_total')) > before, 'they are counted')
  })

  await t.test('a datagram as large as UDP allows', async (t) => {
    await udp.send(requestText('OPTIONS', uri, { 'X-Filler': 'x'.repeat(64_000) }))
    await udp.answer(/^SIP\/2\.0 413 /)
    t.ok(await isWell())
  })

  await t.test('a wrong Content-Length', async (t) => {
    const tooLong = randomUUID()
    await udp.send(requestText('OPTIONS', uri, { 'Call-ID': tooLong, 'Content-Length': '50' }, { body: 'short' }))
    await udp.answer(new RegExp(`^SIP/2\\.0 400 [^]*Call-ID: ${tooLong}`))
    const none = randomUUID()
    await udp.send(requestText('OPTIONS', uri, { 'Call-ID': none, 'Content-Length': 'many' }))
    await udp.answer(new RegExp(`^SIP/2\\.0 400 [^]*Call-ID: ${none}`))
    t.ok(await isWell())
  })

  await t.test('missing headers', async (t) => {
    for (const name of ['From', 'To', 'CSeq']) {
      const id = randomUUID()
      await udp.send(requestText('OPTIONS', uri, { 'Call-ID': id, [name]: undefined }))
      await udp.answer(new RegExp(`^SIP/2\\.0 400 [^]*Call-ID: ${id}`))
    }
    for (const name of ['Via', 'Call-ID']) await udp.send(requestText('OPTIONS', uri, { [name]: undefined }))
    t.ok(await isWell())
  })

  await t.test('another version, an unknown method, too many hops', async (t) => {
    await udp.send(requestText('OPTIONS', uri).replace('SIP/2.0', 'SIP/3.0'))
    await udp.answer(/^SIP\/2\.0 505 /)
    await udp.send(requestText('DANCE', uri))
    await udp.answer(/^SIP\/2\.0 (405|501) /)
    await udp.send(requestText('OPTIONS', uri, { 'Max-Forwards': '0' }))
    await udp.answer(/^SIP\/2\.0 (483|200) /)
    t.ok(await isWell())
  })

  await t.test('thousands of unknown users, and memory stays flat', async (t) => {
    const register = async (from: number, to: number) => {
      for (let n = from; n < to; n += 1) {
        const address = `<sip:nobody${n}@office.test>`
        const authorization = `Digest username="nobody${n}", realm="office.test", nonce="${n}", uri="sip:office.test", response="00000000000000000000000000000000", algorithm=MD5`
        const headers = { From: `${address};tag=${n}`, To: address, Authorization: authorization, Expires: '60' }
        await udp.send(requestText('REGISTER', 'sip:office.test', headers))
        if (n % 50 === 49) await sleep(10)
      }
      await until(
        async () => udp.answers.length,
        (count) => count >= answersBefore + (to - from) * 0.95,
      )
    }
    let answersBefore = udp.answers.length
    await register(0, 3000)
    const bytesBefore = exchange.residentBytes()
    answersBefore = udp.answers.length
    await register(3000, 9000)
    const grownBy = exchange.residentBytes() - bytesBefore
    t.ok(grownBy < 48 * 1024 * 1024, `memory grew by ${Math.round(grownBy / 1024)} kB`)
    t.notOk(udp.answers.some((answer) => /^SIP\/2\.0 200 [^]*CSeq: \d+ REGISTER/.test(answer)))
    t.strictSame(await office.api.registrations(), [])
    t.ok(await isWell())
  })

  await t.test('a wrong password', async (t) => {
    const phone = await office.unregisteredPhone(alice, { password: 'guessed' })
    for (let attempt = 0; attempt < 20; attempt += 1) {
      t.ok([401, 403].includes((await phone.triesToRegister()).status))
    }
    t.strictSame(await office.api.registrations(), [])
    t.ok((await exchange.metric('strowger_sip_authentication_refused_total')) > 0)
  })

  await t.test('a replayed nonce', async (t) => {
    const phone = await office.phone(alice)
    const accepted = phone.trace.filter((each) => each.isSent && each.message.has('Authorization')).at(-1)
    t.ok(accepted)
    const authorization = accepted?.message.get('Authorization') ?? ''
    const address = `<sip:${alice.device.sipUsername}@office.test>`
    const id = randomUUID()
    const headers = {
      From: `${address};tag=1`,
      To: address,
      Authorization: authorization,
      'Call-ID': id,
      Contact: '<sip:thief@127.0.0.1:6666>',
    }
    await udp.send(requestText('REGISTER', 'sip:office.test', headers))
    await udp.answer(new RegExp(`^SIP/2\\.0 401 [^]*Call-ID: ${id}`))
    const contacts = (await office.api.registrations()).map((each) => each.contact)
    t.notOk(contacts.some((contact) => contact.includes('thief')))
    await phone.unregisters()
  })

  await t.test('a TCP peer that sends a byte a second is cut off, others are not', async (t) => {
    const slow = await rawTcp(exchange.sip)
    const text = requestText('OPTIONS', uri, {}, { transport: 'TCP' })
    const ended = once(slow, 'close')
    let sent = 0
    const dripping = setInterval(() => slow.write(text.charAt(sent++)), 1000)
    t.teardown(() => clearInterval(dripping))
    slow.write(text.charAt(sent++))
    t.ok(await isWell())
    await ended
    t.ok(sent < 30, `it was cut off after ${sent} bytes`)
    t.ok(await isWell())
  })

  await t.test('a request in many small pieces is answered', async (t) => {
    const pieces = await rawTcp(exchange.sip)
    const text = requestText('OPTIONS', uri, {}, { transport: 'TCP' })
    for (const character of text) pieces.write(character)
    const [answer] = (await once(pieces, 'data')) as [Buffer]
    t.match(answer.toString(), /^SIP\/2\.0 /)
    pieces.destroy()
  })

  await t.test('many connections that say nothing', async (t) => {
    const silent = await Promise.all(Array.from({ length: 200 }, () => rawTcp(exchange.sip)))
    const phone = await office.phone(alice, { transport: 'tcp' })
    await phone.unregisters()
    for (const socket of silent) socket.destroy()
    t.ok(await isWell())
  })

  await t.test('what came was logged, but not once for each', async (t) => {
    const lines = exchange.output.trimEnd().split('\n').length
    t.ok(lines < 300, `${lines} lines for more than ten thousand bad messages`)
  })
})
