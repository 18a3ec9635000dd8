import { hash } from 'node:crypto'

/** Digest algorithms this program computes (RFC 3261 22.4, RFC 8760). */
export type DigestAlgorithm = 'MD5' | 'SHA-256'

/** H(username:realm:password) by algorithm: enough to check a response, not enough to learn the password. */
export type Ha1 = Readonly<Record<DigestAlgorithm, string>>

/** The parameters of an `Authorization: Digest` header. */
export interface DigestCredentials {
  readonly username: string
  readonly realm: string
  readonly nonce: string
  readonly uri: string
  readonly response: string
  readonly algorithm: DigestAlgorithm
  readonly qop: 'auth' | undefined
  readonly nc: string | undefined
  readonly cnonce: string | undefined
}

const hashNames = { MD5: 'md5', 'SHA-256': 'sha256' } as const

function digestOf(algorithm: DigestAlgorithm, text: string): string {
  return hash(hashNames[algorithm], text)
}

export function ha1Of(username: string, realm: string, password: string): Ha1 {
  const secret = `${username}:${realm}:${password}`
  return { MD5: digestOf('MD5', secret), 'SHA-256': digestOf('SHA-256', secret) }
}

/** The `response` a client that knows the password sends (RFC 7616 3.4.1). */
export function digestResponse(ha1: string, method: string, credentials: Omit<DigestCredentials, 'response'>): string {
  const { algorithm, nonce, qop, nc, cnonce, uri } = credentials
  const ha2 = digestOf(algorithm, `${method}:${uri}`)
  const middle = qop ? `${nonce}:${nc ?? ''}:${cnonce ?? ''}:${qop}` : nonce
  return digestOf(algorithm, `${ha1}:${middle}:${ha2}`)
}

const parameter = /([a-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))/gi

/** Reads an Authorization header's value; undefined when it is not a Digest this program can check. */
export function parseDigestCredentials(header: string): DigestCredentials | undefined {
  if (!/^digest\s/i.test(header)) return undefined
  const given = new Map<string, string>()
  for (const [, name = '', quoted, token] of header.matchAll(parameter)) {
    given.set(name.toLowerCase(), quoted === undefined ? (token ?? '') : quoted.replace(/\\(.)/g, '$1'))
  }
  const [username, realm, nonce, uri, response] = ['username', 'realm', 'nonce', 'uri', 'response'].map((name) =>
    given.get(name),
  )
  const algorithm = algorithmOf(given.get('algorithm'))
  const qop = given.get('qop')
  if (username === undefined || realm === undefined || nonce === undefined || uri === undefined) return undefined
  if (response === undefined || algorithm === undefined) return undefined
  if (qop !== undefined && qop.toLowerCase() !== 'auth') return undefined
  const [nc, cnonce] = [given.get('nc'), given.get('cnonce')]
  if (qop !== undefined && (nc === undefined || cnonce === undefined)) return undefined
  return { username, realm, nonce, uri, response, algorithm, qop: qop === undefined ? undefined : 'auth', nc, cnonce }
}

function algorithmOf(name: string | undefined): DigestAlgorithm | undefined {
  switch (name?.toUpperCase()) {
    case undefined:
    case 'MD5':
      return 'MD5'
    case 'SHA-256':
      return 'SHA-256'
    default:
      return undefined
  }
}

/** A `WWW-Authenticate` value (RFC 3261 20.44). */
export function challengeHeader(o: {
  readonly realm: string
  readonly nonce: string
  readonly algorithm: DigestAlgorithm
  readonly isStale: boolean
}): string {
  const stale = o.isStale ? ', stale=true' : ''
  return `Digest realm="${o.realm}", nonce="${o.nonce}", algorithm=${o.algorithm}, qop="auth"${stale}`
}
