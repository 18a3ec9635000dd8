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

const lists: ReadonlySet<string> = new Set<string>(listHeaders)

const canonical = new Map<string, string>()
for (const name of [...listHeaders, ...singleHeaders]) {
  canonical.set(name, name)
  canonical.set(name.toLowerCase(), name)
}
for (const [letter, name] of Object.entries(compactForms)) {
  canonical.set(letter, name)
  canonical.set(letter.toUpperCase(), name)
}

/** The canonical spelling of a known header in any case or compact form; undefined for an unknown header. */
export function knownHeaderName(name: string): string | undefined {
  return canonical.get(name) ?? canonical.get(name.toLowerCase())
}

/** The name under which a header is found: canonical when known, lower case when not. */
export function headerKey(name: string): string {
  const lower = name.toLowerCase()
  return canonical.get(name) ?? canonical.get(lower) ?? lower
}

/** Whether one field of this header may hold several values separated by commas. `key` as from `headerKey`. */
export function isListHeader(key: string): boolean {
  return lists.has(key)
}
