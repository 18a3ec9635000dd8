import { hostname } from 'node:os'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import type { Environment } from './apply-environment.ts'
import { ConfigError } from './config-error.ts'
import type { Config } from './config.ts'
import { loadConfig } from './load-config.ts'

function load(t: Test, yaml: string | undefined, env: Environment = {}): Config {
  return loadConfig({ cwd: t.testdir(yaml === undefined ? {} : { 'strowger.yaml': yaml }), env })
}

function problemsOf(t: Test, yaml: string | undefined, env: Environment = {}): readonly string[] {
  try {
    load(t, yaml, env)
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems
    throw thrown
  }
  return []
}

void test('without any configuration everything has its default', async (t) => {
  const config = load(t, undefined)
  const cwd = t.testdirName
  t.equal(config.dataDir, join(cwd, 'data'))
  t.equal(config.database.url, `sqlite:${join(cwd, 'data', 'strowger.db')}`)
  t.same(config.http, { port: 8080, host: undefined })
  t.same(config.sip.listen, [
    { protocol: 'udp', host: '0.0.0.0', port: 5060 },
    { protocol: 'tcp', host: '0.0.0.0', port: 5060 },
  ])
  t.ok([hostname().toLowerCase(), 'localhost'].includes(config.sip.domain))
  t.equal(config.sip.realm, config.sip.domain)
  t.equal(config.sip.edge, 'embedded')
  t.equal(config.media.server, 'embedded')
  t.same(config.media.ports, { from: 16_384, to: 32_767 })
  t.equal(config.admin.password, undefined)
  t.equal(config.log.level, 'info')
})

void test('the file sets values, the environment wins, an empty variable counts as none', async (t) => {
  const yaml = `
dataDir: /var/lib/strowger
http: { port: 80, host: "::1" }
sip:
  domain: pbx.example.org
  listen: [ "udp:192.0.2.1:5060", "tcp:[2001:db8::1]:5062" ]
  edge: drachtio
  drachtio: [ { host: 127.0.0.1, port: 9022, secret: cymru } ]
media:
log:
  level: debug
`
  const env = { STROWGER_HTTP_PORT: '8081', STROWGER_LOG_LEVEL: '', STROWGER_MEDIA_PORTS: '20000-20999' }
  const config = load(t, yaml, env)
  t.equal(config.dataDir, '/var/lib/strowger')
  t.same(config.http, { port: 8081, host: '::1' })
  t.equal(config.sip.realm, 'pbx.example.org')
  t.same(config.sip.listen, [
    { protocol: 'udp', host: '192.0.2.1', port: 5060 },
    { protocol: 'tcp', host: '2001:db8::1', port: 5062 },
  ])
  t.same(config.sip.drachtio, [{ host: '127.0.0.1', port: 9022, secret: 'cymru' }])
  t.same(config.media.ports, { from: 20_000, to: 20_999 })
  t.equal(config.log.level, 'debug')
})

void test('lists from the environment', async (t) => {
  const config = load(t, undefined, {
    STROWGER_SIP_LISTEN: 'udp:127.0.0.1:0, tcp:127.0.0.1:0',
    STROWGER_SIP_ADVERTISE: '203.0.113.10',
    STROWGER_MEDIA_SERVER: 'freeswitch',
    STROWGER_MEDIA_FREESWITCH: 'a.example:8021:Clue:Con,[::1]:8021:x',
  })
  t.same(config.sip.listen, [
    { protocol: 'udp', host: '127.0.0.1', port: 0, advertise: '203.0.113.10' },
    { protocol: 'tcp', host: '127.0.0.1', port: 0, advertise: '203.0.113.10' },
  ])
  t.same(config.media.freeswitch, [
    { host: 'a.example', port: 8021, secret: 'Clue:Con' },
    { host: '::1', port: 8021, secret: 'x' },
  ])
})

const wrong: readonly { name: string; yaml?: string; env?: Environment; says: readonly RegExp[] }[] = [
  {
    name: 'a port that is no number, from the environment',
    env: { STROWGER_HTTP_PORT: 'http' },
    says: [/^STROWGER_HTTP_PORT \(http\.port\) must be a port number from 0 to 65535.*, not "http"$/],
  },
  {
    name: 'a port too large, from the file',
    yaml: 'http: { port: 70000 }',
    says: [/^http\.port \(STROWGER_HTTP_PORT\) must be .*, not 70000$/],
  },
  { name: 'a broken port', yaml: 'http: { port: 80.5 }', says: [/^http\.port .* not 80\.5$/] },
  { name: 'a negative port', env: { STROWGER_HTTP_PORT: '-1' }, says: [/^STROWGER_HTTP_PORT .* not "-1"$/] },
  {
    name: 'listening points that cannot be read',
    env: { STROWGER_SIP_LISTEN: 'udp:0.0.0.0:5060,sctp:0.0.0.0:5060' },
    says: [/^STROWGER_SIP_LISTEN \(sip\.listen\) must be entries like udp:0\.0\.0\.0:5060/],
  },
  { name: 'IPv6 without brackets', env: { STROWGER_SIP_LISTEN: 'udp:::1:5060' }, says: [/^STROWGER_SIP_LISTEN/] },
  { name: 'a name to listen on', env: { STROWGER_SIP_LISTEN: 'udp:localhost:5060' }, says: [/^STROWGER_SIP_LISTEN/] },
  {
    name: 'the same point twice',
    yaml: 'sip: { listen: "udp:1.1.1.1:1,udp:1.1.1.1:1" }',
    says: [/^sip\.listen .* each once/],
  },
  {
    name: 'a network that is none',
    yaml: 'sip: { allow: [192.0.2.0/24, 192.0.2.0/40] }',
    says: [/^sip\.allow \(STROWGER_SIP_ALLOW\) must be addresses and networks/],
  },
  { name: 'no listening point', yaml: 'sip: { listen: [] }', says: [/^sip\.listen/] },
  {
    name: 'ports the wrong way round',
    env: { STROWGER_MEDIA_PORTS: '200-100' },
    says: [/^STROWGER_MEDIA_PORTS .* "200-100"$/],
  },
  { name: 'one port only', env: { STROWGER_MEDIA_PORTS: '20000' }, says: [/^STROWGER_MEDIA_PORTS/] },
  {
    name: 'a domain that is none',
    env: { STROWGER_SIP_DOMAIN: 'my pbx' },
    says: [/^STROWGER_SIP_DOMAIN .* not "my pbx"$/],
  },
  { name: 'an address that is none', env: { STROWGER_MEDIA_ADDRESS: '300.1.1.1' }, says: [/^STROWGER_MEDIA_ADDRESS/] },
  {
    name: 'a word that is none of the choices',
    yaml: 'sip: { edge: kamailio }',
    says: [/^sip\.edge \(STROWGER_SIP_EDGE\) must be embedded or drachtio, not "kamailio"$/],
  },
  {
    name: 'a mistyped key',
    yaml: 'sip: { domian: x.org }',
    says: [/^sip\.domian is not a known key: did you mean sip\.domain\?$/],
  },
  { name: 'a mistyped section', yaml: 'htpp: { port: 1 }', says: [/^htpp is not a known key: did you mean http\?$/] },
  {
    name: 'a key in the wrong section',
    yaml: 'level: debug',
    says: [/^level is not a known key: did you mean log\.level\?$/],
  },
  {
    name: 'a key like no other',
    yaml: 'frobnicate: 1',
    says: [/^frobnicate is not a known key: docs\/configuration\.md lists all keys$/],
  },
  {
    name: 'a mistyped variable',
    env: { STROWGER_HTPP_PORT: '80' },
    says: [/^STROWGER_HTPP_PORT is not a known variable: did you mean STROWGER_HTTP_PORT\?$/],
  },
  { name: 'a value in the place of a section', yaml: 'http: 8080', says: [/^http must be a section .* not 8080$/] },
  {
    name: 'a value in the place of a section that the environment wants to fill',
    yaml: 'http: 8080',
    env: { STROWGER_HTTP_PORT: '80' },
    says: [/^http must be a section .* not 8080$/],
  },
  { name: 'a list in the place of the file', yaml: '- a', says: [/^the file must be a section/] },
  {
    name: 'drachtio without a server',
    env: { STROWGER_SIP_EDGE: 'drachtio' },
    says: [/^sip\.drachtio \(STROWGER_SIP_DRACHTIO\) must name at least one server/],
  },
  {
    name: 'freeswitch without a server',
    env: { STROWGER_MEDIA_SERVER: 'freeswitch' },
    says: [/^media\.freeswitch \(STROWGER_MEDIA_FREESWITCH\) must name at least one server/],
  },
  {
    name: 'a control port open to others without a secret',
    env: { STROWGER_SIP_CONTROL_HOST: '0.0.0.0' },
    says: [/^sip\.control\.secret \(STROWGER_SIP_CONTROL_SECRET\) must be set/],
  },
  {
    name: 'several wrong things at once',
    yaml: 'http: { port: x, prot: 1 }\nsip: { edge: x }',
    env: { STROWGER_LOG_LEVEL: 'loud' },
    says: [
      /^http\.port/,
      /^http\.prot is not a known key: did you mean http\.port\?$/,
      /^sip\.edge/,
      /^STROWGER_LOG_LEVEL/,
    ],
  },
  { name: 'what is not YAML', yaml: 'http: {', says: [/strowger\.yaml is not YAML: /] },
  { name: 'a key twice', yaml: 'dataDir: a\ndataDir: b', says: [/is not YAML: .*unique/] },
]

for (const { name, yaml, env, says } of wrong) {
  void test(`refused: ${name}`, async (t) => {
    const problems = problemsOf(t, yaml, env)
    t.equal(problems.length, says.length, problems.join('\n'))
    for (const [at, pattern] of says.entries()) t.match(problems[at], pattern)
  })
}

void test('a secret is never in an error', async (t) => {
  const secret = 'hunter2'
  const cases: readonly [yaml: string, env: Environment][] = [
    ['', { STROWGER_ADMIN_PASSWORD: secret }],
    ['', { STROWGER_SIP_DRACHTIO: `host:${secret}` }],
    ['', { STROWGER_DATABASE_URL: `mysql://root:${secret}@db/x` }],
    [`admin: { password: ${secret} `, {}],
    [`sip: { drachtio: [ { host: "", port: 1, secret: ${secret} } ] }`, {}],
  ]
  for (const [yaml, env] of cases) {
    const problems = problemsOf(t, yaml, env)
    t.not(problems.length, 0)
    t.notMatch(problems.join('\n'), secret)
  }
})

void test('variables of other programs with the same prefix are left alone', async (t) => {
  t.doesNotThrow(() => load(t, undefined, { STROWGER_PORT: 'tcp://10.0.0.1:80', STROWGER_TEST_DRACHTIO: 'x' }))
})

void test('a file that cannot be read is named', async (t) => {
  const cwd = t.testdir({ 'strowger.yaml': {} })
  t.throws(() => loadConfig({ cwd, env: {} }), { message: /strowger\.yaml cannot be read: EISDIR/ })
})
