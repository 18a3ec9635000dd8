import { test } from 'tap'
import { FakeClock } from '../../../core/fake-clock.ts'
import { parseUri } from '../message/sip-uri.ts'
import type { DnsClient, NaptrRecord, SrvRecord } from './dns-client.ts'
import { hopOfUri, type Hop } from './hop.ts'
import { orderSrv } from './order-srv.ts'
import { RememberedTargets } from './remember-targets.ts'
import { HostUnknown, TargetResolver, type ResolverOptions } from './resolve-target.ts'

interface Zone {
  readonly naptr?: Readonly<Record<string, readonly NaptrRecord[]>>
  readonly srv?: Readonly<Record<string, readonly SrvRecord[]>>
  readonly addresses?: Readonly<Record<string, readonly string[]>>
}

function dnsOf(zone: Zone, asked: string[] = []): DnsClient {
  const answer = <T>(kind: string, records: Readonly<Record<string, readonly T[]>> | undefined, name: string) => {
    asked.push(`${kind} ${name}`)
    const found = records?.[name]
    return found ? Promise.resolve(found) : Promise.reject(new Error('ENOTFOUND'))
  }
  return {
    naptr: (name) => answer('NAPTR', zone.naptr, name),
    srv: (name) => answer('SRV', zone.srv, name),
    addresses: async (name) => {
      const found = await answer('A', zone.addresses, name)
      return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    },
  }
}

function hop(uri: string): Hop {
  const parsed = parseUri(uri)
  const found = parsed && hopOfUri(parsed)
  if (!found) throw new Error(`no hop in ${uri}`)
  return found
}

function srv(name: string, port: number, priority = 1, weight = 0): SrvRecord {
  return { name, port, priority, weight }
}

function naptr(order: number, service: string, replacement: string, flags = 's'): NaptrRecord {
  return { order, preference: 1, flags, service, replacement }
}

async function resolved(uri: string, zone: Zone, options: Partial<ResolverOptions> = {}): Promise<readonly string[]> {
  const resolver = new TargetResolver({ dns: dnsOf(zone), clock: new FakeClock(), random: () => 0, ...options })
  const targets = await resolver.resolve(hop(uri))
  return targets.map(({ protocol, address, port }) => `${protocol} ${address} ${port}`)
}

const addresses = {
  'b.example': ['10.0.0.1'],
  's1.example': ['10.0.0.11'],
  's2.example': ['10.0.0.12', '2001:db8::12'],
}
const udpAndTcp = {
  '_sip._udp.b.example': [srv('s1.example', 5070, 1), srv('s2.example', 5072, 2)],
  '_sip._tcp.b.example': [srv('s2.example', 5080)],
}
const tlsToo = { ...udpAndTcp, '_sips._tcp.b.example': [srv('s1.example', 5061)] }

const cases: readonly (readonly [title: string, uri: string, zone: Zone, targets: readonly string[]])[] = [
  ['a number', 'sip:a@10.9.9.9', {}, ['udp 10.9.9.9 5060']],
  ['a number with port and transport', 'sip:a@10.9.9.9:5099;transport=tcp', {}, ['tcp 10.9.9.9 5099']],
  ['a secure number', 'sips:a@10.9.9.9', {}, ['tls 10.9.9.9 5061']],
  ['an IPv6 number', 'sip:a@[2001:db8::1];transport=tls', {}, ['tls 2001:db8::1 5061']],
  ['a name with a port', 'sip:a@b.example:5090', { addresses, srv: udpAndTcp }, ['udp 10.0.0.1 5090']],
  ['a name with a port and a transport', 'sip:a@b.example:5090;transport=tcp', { addresses }, ['tcp 10.0.0.1 5090']],
  ['a name without records', 'sip:a@b.example', { addresses }, ['udp 10.0.0.1 5060']],
  ['a secure name without records', 'sips:a@b.example', { addresses }, ['tls 10.0.0.1 5061']],
  [
    'a transport, with SRV',
    'sip:a@b.example;transport=tcp',
    { addresses, srv: udpAndTcp },
    ['tcp 10.0.0.12 5080', 'tcp 2001:db8::12 5080'],
  ],
  ['a transport, without SRV', 'sip:a@b.example;transport=tcp', { addresses }, ['tcp 10.0.0.1 5060']],
  [
    'nothing but SRV',
    'sip:a@b.example',
    { addresses, srv: udpAndTcp },
    [
      'udp 10.0.0.11 5070',
      'udp 10.0.0.12 5072',
      'udp 2001:db8::12 5072',
      'tcp 10.0.0.12 5080',
      'tcp 2001:db8::12 5080',
    ],
  ],
  ['a secure name with SRV', 'sips:a@b.example', { addresses, srv: tlsToo }, ['tls 10.0.0.11 5061']],
  [
    'NAPTR in its order, records we cannot use passed over',
    'sip:a@b.example',
    {
      addresses,
      srv: tlsToo,
      naptr: {
        'b.example': [
          naptr(50, 'SIP+D2T', '_sip._tcp.b.example'),
          naptr(10, 'SIP+D2S', '_sip._sctp.b.example'),
          naptr(20, 'SIPS+D2T', '_sips._tcp.b.example'),
          naptr(5, 'E2U+sip', '', 'u'),
        ],
      },
    },
    ['tls 10.0.0.11 5061', 'tcp 10.0.0.12 5080', 'tcp 2001:db8::12 5080'],
  ],
  [
    'NAPTR for a secure name',
    'sips:a@b.example',
    {
      addresses,
      srv: tlsToo,
      naptr: {
        'b.example': [naptr(1, 'SIP+D2U', '_sip._udp.b.example'), naptr(2, 'SIPS+D2T', '_sips._tcp.b.example')],
      },
    },
    ['tls 10.0.0.11 5061'],
  ],
  [
    'a service that is switched off',
    'sip:a@b.example;transport=udp',
    { addresses, srv: { '_sip._udp.b.example': [srv('.', 0)] } },
    ['udp 10.0.0.1 5060'],
  ],
  [
    'a server without an address is passed over',
    'sip:a@b.example;transport=udp',
    { addresses, srv: { '_sip._udp.b.example': [srv('gone.example', 1, 1), srv('s1.example', 5070, 2)] } },
    ['udp 10.0.0.11 5070'],
  ],
]

for (const [title, uri, zone, targets] of cases) {
  void test(`${title}: ${uri}`, async (t) => {
    t.same(await resolved(uri, zone), targets)
  })
}

void test('only what we can send over and reach', async (t) => {
  const zone = { addresses, srv: tlsToo }
  t.same(await resolved('sip:a@b.example', zone, { protocols: ['tcp'], families: [6] }), ['tcp 2001:db8::12 5080'])
})

void test('a TLS peer has to prove the name that was asked for', async (t) => {
  const resolver = new TargetResolver({ dns: dnsOf({ addresses, srv: tlsToo }), clock: new FakeClock() })
  t.match(await resolver.resolve(hop('sips:a@b.example')), [{ serverName: 'b.example', address: '10.0.0.11' }])
})

void test('a host that nobody knows', async (t) => {
  await t.rejects(resolved('sip:a@nowhere.example', {}), new HostUnknown('no address for nowhere.example'))
})

void test('a name server that never answers', async (t) => {
  const clock = new FakeClock()
  const silent = () => new Promise<never>(() => undefined)
  const resolver = new TargetResolver({ dns: { naptr: silent, srv: silent, addresses: silent }, clock, totalMs: 3_000 })
  const result = t.rejects(resolver.resolve(hop('sip:a@b.example')), { code: 'host-unknown', message: /in 3000 ms/ })
  await clock.advance(3_000)
  await result
  t.equal(clock.pending, 0)
})

void test('records of one priority are drawn by weight (RFC 2782)', async (t) => {
  const records = [srv('low', 1, 1, 10), srv('high', 1, 1, 90), srv('zero', 1, 1, 0), srv('spare', 1, 2, 100)]
  const names = (random: number) => orderSrv(records, () => random).map(({ name }) => name)
  t.same(names(0), ['zero', 'low', 'high', 'spare'])
  t.same(names(0.05), ['low', 'high', 'zero', 'spare'])
  t.same(names(0.999), ['high', 'low', 'zero', 'spare'])
  let first = 0
  for (let draw = 0; draw < 1_000; draw++) {
    if (orderSrv(records, () => (draw + 0.5) / 1_000)[0]?.name === 'high') first++
  }
  t.ok(first > 850 && first < 950, `${first} of 1000`)
})

void test('answers are remembered for half a minute, failures for five seconds', async (t) => {
  const clock = new FakeClock()
  const asked: string[] = []
  const resolver = new TargetResolver({ dns: dnsOf({ addresses }, asked), clock })
  const remembered = new RememberedTargets(resolver, clock)
  const known = hop('sip:a@b.example:5060')
  const [one, two] = await Promise.all([remembered.resolve(known), remembered.resolve(known)])
  t.equal(one, two)
  t.equal(asked.length, 1)
  await clock.advance(31_000)
  await remembered.resolve(known)
  t.equal(asked.length, 2)
  const unknown = hop('sip:a@nowhere.example:5060')
  await t.rejects(remembered.resolve(unknown))
  await t.rejects(remembered.resolve(unknown))
  t.equal(asked.length, 3)
  await clock.advance(6_000)
  await t.rejects(remembered.resolve(unknown))
  t.equal(asked.length, 4)
})
