import { z } from 'zod'
import { described } from './key-info.ts'
import {
  controlTargetsSchema,
  hostSchema,
  listenSchema,
  networksSchema,
  portRangeSchema,
  portSchema,
  textSchema,
  wholeNumber,
} from './value-schemas.ts'

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const

const portText = 'a port number from 0 to 65535, 0 for any free one'
const hostText = 'a host name or an IP address'

const dataDir = described(textSchema.default('./data'), {
  about: 'The directory of the database, the recordings and the key file; made when it is missing.',
  allowed: 'a path, relative ones start where the program is started',
})

const http = z.strictObject({
  port: described(portSchema.default(8080), {
    about: 'The port of the web application and the API.',
    allowed: portText,
  }),
  host: described(hostSchema.optional(), {
    about: 'The address that web and API listen on.',
    allowed: hostText,
    defaultText: 'all addresses',
    example: '127.0.0.1',
  }),
})

const https = z.strictObject({
  port: described(portSchema.default(8443), {
    about: 'The port of the web application and the API over TLS. This release does not serve TLS yet.',
    allowed: portText,
  }),
})

const database = z.strictObject({
  url: described(
    z
      .string()
      .regex(/^(sqlite:.|postgres(ql)?:\/\/.)/)
      .optional(),
    {
      about: 'Where the database is. A relative SQLite path starts in the data directory.',
      allowed: 'sqlite:<path> or postgres://user:password@host:port/name',
      defaultText: '`sqlite:<dataDir>/strowger.db`',
      example: 'sqlite:strowger.db',
      isSecret: true,
    },
  ),
})

const control = z.strictObject({
  host: described(hostSchema.default('127.0.0.1'), {
    about: 'The address on which `strowger edge`, the SIP edge run alone, takes connections of applications.',
    allowed: hostText,
  }),
  port: described(portSchema.default(9022), {
    about: 'The port on which `strowger edge` takes connections of applications.',
    allowed: portText,
  }),
  secret: described(textSchema.optional(), {
    about:
      'What an application proves itself with to `strowger edge`; needed unless `sip.control.host` is this machine alone.',
    allowed: 'a text',
    defaultText: 'none',
    isSecret: true,
  }),
})

const sip = z.strictObject({
  domain: described(hostSchema.optional(), {
    about: 'The domain in the addresses of phones, as in `sip:1001@domain`.',
    allowed: hostText,
    defaultText: "the machine's name",
    example: 'pbx.example.org',
  }),
  realm: described(textSchema.regex(/^[^"\\\r\n]*$/).optional(), {
    about: 'The realm of digest authentication. Changing it makes phones ask for their password again.',
    allowed: 'a text without quotes and backslashes',
    defaultText: '`sip.domain`',
    example: 'pbx.example.org',
  }),
  edge: described(z.enum(['embedded', 'drachtio']).default('embedded'), {
    about: 'Who speaks SIP with the phones: the built-in edge, or drachtio-server.',
    allowed: 'embedded or drachtio',
  }),
  drachtio: described(controlTargetsSchema.default([]), {
    about: 'The drachtio-servers, for `sip.edge: drachtio`: a list of `{host, port, secret}`.',
    allowed: 'a list of {host, port, secret}, in the environment host:port:secret with commas between them',
    defaultText: 'none',
    example: '127.0.0.1:9022:secret',
    isSecret: true,
  }),
  listen: described(listenSchema.prefault('udp:0.0.0.0:5060,tcp:0.0.0.0:5060'), {
    about:
      'Where the built-in edge listens for phones. `tls:` entries are accepted, but this release does not serve TLS yet.',
    allowed:
      'entries like udp:0.0.0.0:5060 or tcp:[::]:5060 (udp, tcp, tls; IPv6 in brackets), each once, commas between them',
  }),
  advertise: described(hostSchema.optional(), {
    about: 'The address that phones are told to answer to, for a machine behind NAT.',
    allowed: hostText,
    defaultText: 'the address that leads to the phone',
    example: '203.0.113.10',
  }),
  allow: described(networksSchema.prefault('127.0.0.0/8,::1'), {
    about:
      'Addresses that are never banned and may send as many SIP messages as they like, as a carrier or a monitor. What is set here takes the place of the default.',
    allowed: 'addresses and networks like 192.0.2.10 or 2001:db8::/32, commas between them; in YAML also a list',
  }),
  control: control.prefault({}),
})

const media = z.strictObject({
  server: described(z.enum(['embedded', 'freeswitch']).default('embedded'), {
    about: 'Who carries the media: the built-in engine, or FreeSWITCH.',
    allowed: 'embedded or freeswitch',
  }),
  freeswitch: described(controlTargetsSchema.default([]), {
    about: 'The FreeSWITCH servers, for `media.server: freeswitch`: a list of `{host, port, secret}`.',
    allowed: 'a list of {host, port, secret}, in the environment host:port:secret with commas between them',
    defaultText: 'none',
    example: '127.0.0.1:8021:secret',
    isSecret: true,
  }),
  address: described(hostSchema.optional(), {
    about: 'The address that phones send media to.',
    allowed: hostText,
    defaultText: 'the address towards the peer',
    example: '192.0.2.10',
  }),
  ports: described(portRangeSchema.prefault('16384-32767'), {
    about: 'The UDP ports for media; each leg of a call takes two.',
    allowed: 'two ports like 16384-32767, at least four in number, none below 1024',
  }),
})

const admin = z.strictObject({
  password: described(z.string().min(8).optional(), {
    about: "The first administrator's password; only read when there is no user yet.",
    allowed: 'a text of at least 8 characters',
    defaultText: 'generated at the first run and printed once',
    isSecret: true,
  }),
})

const log = z.strictObject({
  level: described(z.enum(logLevels).default('info'), {
    about: 'The least important messages that are logged.',
    allowed: logLevels.join(', '),
  }),
})

const limits = z.strictObject({
  calls: described(wholeNumber(1, 100_000).default(500), {
    about: 'The most calls at once; more are refused with 503.',
    allowed: 'a whole number from 1 to 100000',
  }),
  contactsPerDevice: described(wholeNumber(1, 100).default(10), {
    about: 'From how many places one device may be registered at once.',
    allowed: 'a whole number from 1 to 100',
  }),
  sipConnections: described(wholeNumber(1, 1_000_000).default(5_000), {
    about: 'The most SIP connections (TCP) at once; more are closed at once.',
    allowed: 'a whole number from 1 to 1000000',
  }),
  sipMessagesPerSecond: described(wholeNumber(1, 1_000_000).default(200), {
    about:
      'The most SIP messages a second from one address, averaged over five seconds; more are dropped. An address from which a phone signed in lately may send five times as many.',
    allowed: 'a whole number from 1 to 1000000',
  }),
  voicemailSeconds: described(wholeNumber(5, 3_600).default(180), {
    about: 'The longest voicemail message.',
    allowed: 'a whole number of seconds from 5 to 3600',
  }),
})

/** Every key of the configuration: what it may be, and its default where that is a plain value. */
export const configSchema = z.strictObject({
  dataDir,
  http: http.prefault({}),
  https: https.prefault({}),
  database: database.prefault({}),
  sip: sip.prefault({}),
  media: media.prefault({}),
  admin: admin.prefault({}),
  log: log.prefault({}),
  limits: limits.prefault({}),
})
