import { createHash, randomBytes } from 'node:crypto'

/** What a server asks for in WWW-Authenticate or Proxy-Authenticate (RFC 7616, RFC 8760). */
export interface Challenge {
  readonly realm: string
  readonly nonce: string
  readonly algorithm: 'MD5' | 'SHA-256'
  readonly qop: readonly string[]
  readonly opaque: string | undefined
  readonly isStale: boolean
}

export interface Credentials {
  readonly username: string
  readonly password: string
}

function parameters(text: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const [, name = '', quoted, token] of text.matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)) {
    found.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? token ?? '')
  }
  return found
}

/** @returns undefined when it is no Digest challenge or one with an algorithm that phones do not know */
export function parseChallenge(header: string): Challenge | undefined {
  if (!/^digest\s/i.test(header)) return undefined
  const given = parameters(header)
  const algorithm = (given.get('algorithm') ?? 'MD5').toUpperCase()
  if (algorithm !== 'MD5' && algorithm !== 'SHA-256') return undefined
  return {
    realm: given.get('realm') ?? '',
    nonce: given.get('nonce') ?? '',
    algorithm,
    qop: (given.get('qop') ?? '').split(',').map((each) => each.trim()),
    opaque: given.get('opaque'),
    isStale: given.get('stale')?.toLowerCase() === 'true',
  }
}

/** The value of an Authorization header that answers the challenge. */
export function answerChallenge(
  challenge: Challenge,
  { username, password }: Credentials,
  { method, uri, count = 1 }: { method: string; uri: string; count?: number },
): string {
  const { realm, nonce, algorithm, opaque } = challenge
  const hash = (text: string) =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex')
  const secret = hash(`${username}:${realm}:${password}`)
  const request = hash(`${method}:${uri}`)
  const parts = [`username="${username}"`, `realm="${realm}"`, `nonce="${nonce}"`, `uri="${uri}"`]
  if (challenge.qop.includes('auth')) {
    const nc = count.toString(16).padStart(8, '0')
    const cnonce = randomBytes(8).toString('hex')
    parts.push(`response="${hash(`${secret}:${nonce}:${nc}:${cnonce}:auth:${request}`)}"`)
    parts.push('qop=auth', `nc=${nc}`, `cnonce="${cnonce}"`)
  } else {
    parts.push(`response="${hash(`${secret}:${nonce}:${request}`)}"`)
  }
  parts.push(`algorithm=${algorithm}`)
  if (opaque !== undefined) parts.push(`opaque="${opaque}"`)
  return `Digest ${parts.join(', ')}`
}
