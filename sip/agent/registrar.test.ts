import { test } from 'tap'
import { FakeClock } from '../../core/fake-clock.ts'
import type { DeviceId, UserId } from '../../core/ids.ts'
import { silentLogger } from '../../core/logger.ts'
import { splitList } from '../edge/message/split-list.ts'
import { Accounts } from './accounts.ts'
import { Authenticator } from './authenticator.ts'
import type { Binding } from './binding.ts'
import { digestResponse } from './digest.ts'
import { LocationTable } from './location-table.ts'
import { RefusalLog } from './refusal-log.ts'
import { Registrar, registrarDefaults } from './registrar.ts'
import type { RequestView, SipAnswer } from './sip-source.ts'

const deviceId = 'dev_1' as DeviceId

function office() {
  const clock = new FakeClock()
  const accounts = new Accounts('office')
  accounts.put({ deviceId, userId: 'usr_1' as UserId, sipUsername: '1001', sipPassword: 'secret' })
  const authenticator = new Authenticator(accounts, { algorithms: ['MD5'], nonceLifetimeMs: 300_000, clock })
  const locations = new LocationTable()
  const stored: string[] = []
  const store = {
    write: async (binding: Binding) => void stored.push(`write ${binding.contact}`),
    writeLater: (binding: Binding) => void stored.push(`later ${binding.contact}`),
    remove: async (binding: Binding) => void stored.push(`remove ${binding.contact}`),
  }
  const refusals = new RefusalLog(clock, silentLogger)
  const registrar = new Registrar({ authenticator, locations, store, refusals, clock, log: silentLogger })
  const source = { protocol: 'udp', address: '192.0.2.7', port: 5060 }
  let cseq = 0

  /** Sends a REGISTER with these header lines, signed. */
  async function register(
    lines: readonly string[],
    options: { cseq?: number; callId?: string; to?: string; from?: typeof source } = {},
  ) {
    cseq = options.cseq ?? cseq + 1
    const challenge = await registrar.handle(view(lines, cseq, options), source)
    const nonce = /nonce="([^"]+)"/.exec(challenge.headers[0]?.[1] ?? '')?.[1] ?? ''
    const fields = {
      username: '1001',
      realm: 'office',
      nonce,
      uri: 'sip:office',
      algorithm: 'MD5',
      qop: undefined,
    } as const
    const ha1 = accounts.find('1001')?.ha1.MD5 ?? ''
    const response = digestResponse(ha1, 'REGISTER', { ...fields, nc: undefined, cnonce: undefined })
    const authorization = `Authorization: Digest username="1001", realm="office", nonce="${nonce}", uri="sip:office", response="${response}"`
    return registrar.handle(view([...lines, authorization], cseq, options), options.from ?? source)
  }
  const contacts = () => locations.of(deviceId, clock.now()).map((binding) => binding.contact)
  return { clock, register, registrar, locations, contacts, stored, store, source, refusals }
}

/** A request as it comes from a server that checks less than the built-in edge. */
function view(lines: readonly string[], cseq: number, options: { callId?: string; to?: string }): RequestView {
  const fields = [
    ['to', options.to ?? '<sip:1001@office>'],
    ['call-id', options.callId ?? 'c1'],
    ['cseq', `${cseq} REGISTER`],
    ...lines.map((line) => {
      const [, name = '', value = ''] = /^([\w-]+): (.*)$/.exec(line) ?? []
      return [name.toLowerCase(), value]
    }),
  ]
  const all = (name: string) => fields.filter(([known]) => known === name).map(([, value]) => value ?? '')
  return {
    method: 'REGISTER',
    uri: 'sip:office',
    get: (name) => all(name)[0],
    values: (name) => all(name).flatMap((value) => splitList(value)),
  }
}

function contactsOf(answer: SipAnswer): readonly string[] {
  return answer.headers.filter(([name]) => name === 'Contact').map(([, value]) => value)
}

void test('registers, refreshes, lists and unregisters', async (t) => {
  const { register, contacts, stored, clock } = office()
  const answer = await register(['Contact: <sip:1001@192.0.2.7:5060>', 'Expires: 600'])
  t.equal(answer.status, 200)
  t.strictSame(contactsOf(answer), ['<sip:1001@192.0.2.7:5060>;expires=600'])
  await clock.advance(100_000)
  t.strictSame(contactsOf(await register([])), ['<sip:1001@192.0.2.7:5060>;expires=500'], 'a query changes nothing')
  await register(['Contact: <sip:1001@192.0.2.7:5060>;expires=300'])
  t.strictSame(stored, ['write sip:1001@192.0.2.7:5060', 'later sip:1001@192.0.2.7:5060'])
  t.strictSame(contactsOf(await register(['Contact: <sip:1001@192.0.2.7:5060>;expires=0'])), [])
  t.strictSame(contacts(), [])
  t.equal(stored.at(-1), 'remove sip:1001@192.0.2.7:5060')
})

void test('several contacts, then all out with a star', async (t) => {
  const { register, contacts } = office()
  await register(['Contact: <sip:1001@192.0.2.7>, <sip:1001@192.0.2.8;transport=tcp>;q=0.5'])
  t.equal(contacts().length, 2)
  t.match(await register(['Contact: *', 'Expires: 0']), { status: 200 })
  t.strictSame(contacts(), [])
})

void test('bindings expire', async (t) => {
  const { register, contacts, clock, locations } = office()
  const changes: string[] = []
  locations.events.on('changed', (id) => changes.push(id))
  await register(['Contact: <sip:1001@192.0.2.7>;expires=60', 'Contact: <sip:1001@192.0.2.8>;expires=120'])
  await clock.advance(60_000)
  t.strictSame(contacts(), ['sip:1001@192.0.2.8'])
  t.equal(locations.sweep(clock.now()).length, 1)
  t.equal(locations.size, 1)
  t.equal(changes.length, 3)
})

const refusals = [
  ['a star with an expiry', ['Contact: *', 'Expires: 60'], { status: 400 }],
  ['a star beside a contact', ['Contact: *, <sip:1001@192.0.2.7>', 'Expires: 0'], { status: 400 }],
  ['a malformed Expires', ['Contact: <sip:1001@192.0.2.7>', 'Expires: soon'], { status: 400 }],
  ['a contact that is no SIP URI', ['Contact: <mailto:a@example.org>'], { status: 400 }],
  [
    'an expiry too brief',
    ['Contact: <sip:1001@192.0.2.7>;expires=10'],
    { status: 423, headers: [['Min-Expires', '60']] },
  ],
  [
    'an extension that is required',
    ['Require: gruu, path', 'Contact: <sip:1@a>'],
    { status: 420, headers: [['Unsupported', 'gruu']] },
  ],
] as const

for (const [what, lines, expected] of refusals) {
  void test(`refuses ${what}`, async (t) => {
    const { register, contacts } = office()
    t.match(await register(lines), expected)
    t.strictSame(contacts(), [], 'nothing was changed')
  })
}

void test("refuses another's address, and nothing changes", async (t) => {
  const { register, contacts } = office()
  t.match(await register(['Contact: <sip:1002@192.0.2.7>'], { to: '<sip:1002@office>' }), { status: 403 })
  t.strictSame(contacts(), [])
})

void test('a longer expiry than allowed is cut, a missing one is an hour', async (t) => {
  const { register } = office()
  t.match(contactsOf(await register(['Contact: <sip:1001@192.0.2.7>;expires=99999'])), [/expires=7200$/])
  t.match(contactsOf(await register(['Contact: <sip:1001@192.0.2.7>'])), [/expires=3600$/])
})

void test('an older request does not undo a newer one', async (t) => {
  const { register, contacts } = office()
  await register(['Contact: <sip:1001@192.0.2.7>'], { cseq: 10 })
  t.match(await register(['Contact: <sip:1001@192.0.2.7>;expires=0'], { cseq: 9 }), { status: 500 })
  t.strictSame(contacts(), ['sip:1001@192.0.2.7'])
  t.match(await register(['Contact: <sip:1001@192.0.2.7>;expires=0'], { cseq: 1, callId: 'after a restart' }), {
    status: 200,
  })
})

void test('a phone that moves to another address is followed, and that is written at once', async (t) => {
  const { register, locations, stored, clock, source } = office()
  await register(['Contact: <sip:1001@10.0.0.2>'])
  await register(['Contact: <sip:1001@10.0.0.2>'], { from: { ...source, port: 40_000 } })
  t.match(locations.of(deviceId, clock.now()), [{ remotePort: 40_000 }])
  t.strictSame(stored, ['write sip:1001@10.0.0.2', 'write sip:1001@10.0.0.2'])
})

void test('with Outbound the instance and flow make the binding, not the contact', async (t) => {
  const { register, contacts } = office()
  const params = ';+sip.instance="<urn:uuid:1>";reg-id=1'
  await register([`Contact: <sip:1001@192.0.2.7:1111>${params}`])
  await register([`Contact: <sip:1001@192.0.2.7:2222>${params}`])
  t.strictSame(contacts(), ['sip:1001@192.0.2.7:2222'])
})

void test('there is an end to the contacts of one device', async (t) => {
  const { register, contacts } = office()
  for (let n = 0; n < registrarDefaults.maxContacts; n++) await register([`Contact: <sip:1001@192.0.2.${n}>`])
  t.match(await register(['Contact: <sip:1001@198.51.100.1>']), { status: 403, reason: 'Too Many Contacts' })
  t.equal(contacts().length, registrarDefaults.maxContacts)
})

void test('a registration that cannot be stored is not promised', async (t) => {
  const { register, store } = office()
  store.write = async () => {
    throw new Error('disk full')
  }
  t.match(await register(['Contact: <sip:1001@192.0.2.7>']), { status: 500, headers: [['Retry-After', '30']] })
})

void test('refusals are counted by reason', async (t) => {
  const { registrar, refusals, source } = office()
  const header = 'Authorization: Digest username="x", realm="office", nonce="n", uri="sip:office", response="0"'
  await registrar.handle(view([header], 1, {}), source)
  await registrar.handle(view([], 2, {}), source)
  t.strictSame(
    [...refusals.counts],
    [
      ['stale', 1],
      ['no-credentials', 1],
    ],
  )
})
