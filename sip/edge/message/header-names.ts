/** Compact forms: RFC 3261 7.3.3, RFC 3265, 3515, 3892, 3841, 4028, 4474, 6665. */
const compactForms: Readonly<Record<string, string>> = {
  a: 'Accept-Contact',
  b: 'Referred-By',
  c: 'Content-Type',
  d: 'Request-Disposition',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  j: 'Reject-Contact',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  n: 'Identity-Info',
  o: 'Event',
  r: 'Refer-To',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
  x: 'Session-Expires',
  y: 'Identity',
}

/** Headers whose grammar is a comma-separated list of values (RFC 3261 7.3.1 and the RFC of each). */
const listHeaders = [
  'Accept',
  'Accept-Contact',
  'Accept-Encoding',
  'Accept-Language',
  'Accept-Resource-Priority',
  'Alert-Info',
  'Allow',
  'Allow-Events',
  'Authentication-Info',
  'Call-Info',
  'Contact',
  'Content-Encoding',
  'Content-Language',
  'Diversion',
  'Error-Info',
  'Geolocation',
  'History-Info',
  'In-Reply-To',
  'P-Access-Network-Info',
  'P-Asserted-Identity',
  'P-Associated-URI',
  'P-Early-Media',
  'P-Media-Authorization',
  'P-Preferred-Identity',
  'P-Visited-Network-ID',
  'Path',
  'Permission-Missing',
  'Proxy-Require',
  'Reason',
  'Record-Route',
  'Recv-Info',
  'Reject-Contact',
  'Remote-Party-ID',
  'Require',
  'Resource-Priority',
  'Route',
  'Security-Client',
  'Security-Server',
  'Security-Verify',
  'Service-Route',
  'Supported',
  'Trigger-Consent',
  'Unsupported',
  'Via',
  'Warning',
] as const

const singleHeaders = [
  'Answer-Mode',
  'Authorization',
  'Call-ID',
  'Content-Disposition',
  'Content-ID',
  'Content-Length',
  'Content-Type',
  'CSeq',
  'Date',
  'Event',
  'Expires',
  'Feature-Caps',
  'Flow-Timer',
  'From',
  'Identity',
  'Identity-Info',
  'Info-Package',
  'Join',
  'Max-Breadth',
  'Max-Forwards',
  'MIME-Version',
  'Min-Expires',
  'Min-SE',
  'Organization',
  'P-Answer-State',
  'P-Called-Party-ID',
  'P-Charging-Vector',
  'P-Served-User',
  'Priority',
  'Priv-Answer-Mode',
  'Privacy',
  'Proxy-Authenticate',
  'Proxy-Authorization',
  'RAck',
  'Refer-Sub',
  'Refer-To',
  'Referred-By',
  'Replaces',
  'Reply-To',
  'Request-Disposition',
  'Retry-After',
  'RSeq',
  'Server',
  'Session-Expires',
  'Session-ID',
  'SIP-ETag',
  'SIP-If-Match',
  'Subject',
  'Subscription-State',
  'Suppress-If-Match',
  'Target-Dialog',
  'Timestamp',
  'To',
  'User-Agent',
  'WWW-Authenticate',
] as const

/** What the parser knows of a header. One object for each known name, so kinds can be compared by identity. */
export interface HeaderKind {
  /** In canonical spelling; of an unknown header, in lower case. */
  readonly name: string
  /** Whether one field may hold several values separated by commas. */
  readonly isList: boolean
  /** A bit of its own for the headers that every message is checked for, else 0. */
  readonly bit: number
}

const checkedHeaders = [
  'Via',
  'From',
  'To',
  'Call-ID',
  'CSeq',
  'Max-Forwards',
  'Content-Length',
  'Content-Type',
  'Expires',
  'Event',
  'Refer-To',
  'Contact',
  'Record-Route',
  'Timestamp',
]

const byName = new Map<string, HeaderKind>()
/** Kinds by length and first letter of their canonical name: found without cutting the name out of its line. */
const bySlot: HeaderKind[][] = []

function addKind(name: string, isList: boolean): void {
  const at = checkedHeaders.indexOf(name)
  const kind = { name, isList, bit: at < 0 ? 0 : 1 << at }
  byName.set(name, kind)
  byName.set(name.toLowerCase(), kind)
  const slot = slotOf(name.length, name.charCodeAt(0))
  const known = (bySlot[slot] ??= [])
  known.push(kind)
}

function slotOf(length: number, letter: number): number {
  return length * 32 + (letter & 31)
}

for (let slot = 0; slot < slotOf(32, 31); slot++) bySlot.push([])
for (const name of listHeaders) addKind(name, true)
for (const name of singleHeaders) addKind(name, false)
for (const [letter, name] of Object.entries(compactForms)) {
  const kind = byName.get(name) as HeaderKind
  byName.set(letter, kind)
  byName.set(letter.toUpperCase(), kind)
}

/** The kind of a known header, its name in any case or compact form; undefined for an unknown header. */
export function knownHeader(name: string): HeaderKind | undefined {
  return byName.get(name) ?? byName.get(name.toLowerCase())
}

/** The same for a name that stands in `text`. */
export function knownHeaderAt(text: string, start: number, end: number): HeaderKind | undefined {
  const kinds = bySlot[slotOf(end - start, text.charCodeAt(start))]
  if (kinds) for (const kind of kinds) if (text.startsWith(kind.name, start)) return kind
  return knownHeader(text.slice(start, end))
}

/** The kind of any header. */
export function headerKind(name: string): HeaderKind {
  return knownHeader(name) ?? { name: name.toLowerCase(), isList: false, bit: 0 }
}

/** The bits of some of the headers that have one. */
export function headerBits(...names: readonly string[]): number {
  return names.reduce((bits, name) => bits | headerKind(name).bit, 0)
}
