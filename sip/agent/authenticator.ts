import { timingSafeEqual } from 'node:crypto'
import { systemClock, type Clock } from '../../core/clock.ts'
import type { Accounts, SipAccount } from './accounts.ts'
import {
  challengeHeader,
  digestResponse,
  ha1Of,
  parseDigestCredentials,
  type DigestAlgorithm,
  type DigestCredentials,
} from './digest.ts'
import { Nonces } from './nonces.ts'
import type { RequestView, SipAnswer } from './sip-source.ts'

export type Refusal =
  'no-credentials' | 'malformed' | 'stale' | 'replayed' | 'wrong-realm' | 'wrong-user' | 'wrong-password'

export type AuthenticationResult =
  | { readonly kind: 'authenticated'; readonly account: SipAccount }
  | { readonly kind: 'challenge'; readonly because: Refusal; readonly answer: SipAnswer }

export interface AuthenticatorOptions {
  /** Which challenges are sent, best first (RFC 8760 2.4). */
  readonly algorithms: readonly DigestAlgorithm[]
  readonly nonceLifetimeMs: number
  readonly clock?: Clock
}

/** Digest authentication of requests by SIP account (RFC 3261 22). Everything it refuses gets the same answer. */
export class Authenticator {
  readonly #accounts: Accounts
  readonly #algorithms: readonly DigestAlgorithm[]
  readonly #nonces: Nonces
  /** Checked when the user is unknown, so that an unknown user costs the same time as a wrong password. */
  readonly #nobody = ha1Of('nobody', 'nowhere', 'nothing')

  constructor(accounts: Accounts, options: AuthenticatorOptions) {
    this.#accounts = accounts
    this.#algorithms = options.algorithms
    this.#nonces = new Nonces(options.clock ?? systemClock, options.nonceLifetimeMs)
  }

  authenticate(request: RequestView): AuthenticationResult {
    const header = request.get('authorization')
    if (header === undefined) return this.#challenge('no-credentials')
    const credentials = parseDigestCredentials(header)
    if (!credentials) return this.#challenge('malformed')
    if (credentials.realm !== this.#accounts.realm) return this.#challenge('wrong-realm')
    return this.#verify(request.method, credentials)
  }

  #verify(method: string, credentials: DigestCredentials): AuthenticationResult {
    const age = this.#nonces.check(credentials.nonce)
    // A nonce of an earlier run of this program: the client is to try again with a new one, without asking the user.
    if (age !== 'fresh') return this.#challenge('stale')
    const account = this.#accounts.find(credentials.username)
    const ha1 = (account?.ha1 ?? this.#nobody)[credentials.algorithm]
    const isRight = sameText(digestResponse(ha1, method, credentials), credentials.response.toLowerCase())
    if (!account) return this.#challenge('wrong-user')
    if (!isRight) return this.#challenge('wrong-password')
    if (this.#nonces.use(credentials.nonce, credentials.nc) === 'replayed') return this.#challenge('replayed')
    return { kind: 'authenticated', account }
  }

  #challenge(because: Refusal): AuthenticationResult {
    const nonce = this.#nonces.issue()
    // RFC 7616 3.3: stale tells the client that its password was not the problem.
    const isStale = because === 'stale' || because === 'replayed'
    const headers = this.#algorithms.map(
      (algorithm) =>
        ['WWW-Authenticate', challengeHeader({ realm: this.#accounts.realm, nonce, algorithm, isStale })] as const,
    )
    return { kind: 'challenge', because, answer: { status: 401, headers } }
  }
}

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'))
}
