import { timingSafeEqual } from 'node:crypto'
import type { Request } from 'express'
import type { Clock } from '../core/clock.ts'
import type { Repositories } from '../store/repositories.ts'
import { hashToken } from '../store/token.ts'
import { presentedToken, refuseCrossSite } from './bearer-token.ts'
import type { Machine, Person, Principal } from './principal.ts'
import { Problem } from './problem.ts'

/** A use is noted at most this often: a busy client must not cost a write with each request. */
const touchEveryMs = 60_000

interface AuthenticatorDeps {
  readonly database: Pick<Repositories, 'users' | 'sessions' | 'apiKeys'>
  readonly clock: Clock
  /** The token of the shell on this machine, see `local-key.ts`. */
  readonly localKey: string
}

/** Finds out who asks. */
export class Authenticator {
  readonly #deps: AuthenticatorDeps
  readonly #localKeyHash: Buffer

  constructor(deps: AuthenticatorDeps) {
    this.#deps = deps
    this.#localKeyHash = Buffer.from(hashToken(deps.localKey))
  }

  /** @throws Problem when nobody, or nobody known, asks */
  async authenticate(request: Request): Promise<Principal> {
    const presented = presentedToken(request)
    if (!presented) throw new Problem('not-authenticated')
    const principal = presented.isCookie
      ? await this.#personOf(presented.token)
      : await this.#principalOf(presented.token)
    if (!principal) throw new Problem('not-authenticated', 'the session or key is unknown or has ended')
    if (presented.isCookie) refuseCrossSite(request)
    return principal
  }

  async #principalOf(token: string): Promise<Principal | undefined> {
    if (this.#isLocalKey(token)) return { kind: 'machine', id: 'local', role: 'owner', scope: 'admin' }
    return (await this.#personOf(token)) ?? this.#machineOf(token)
  }

  async #personOf(token: string): Promise<Person | undefined> {
    const { sessions, users } = this.#deps.database
    const session = await sessions.findByTokenHash(hashToken(token))
    if (!session) return undefined
    const user = await users.find(session.userId)
    if (!user) return undefined
    if (this.#isDue(session.lastUsedAtMs)) await sessions.touch(session.id)
    return { kind: 'person', user, session, role: user.role }
  }

  async #machineOf(token: string): Promise<Machine | undefined> {
    const { apiKeys } = this.#deps.database
    const key = await apiKeys.findByTokenHash(hashToken(token))
    if (!key) return undefined
    if (this.#isDue(key.lastUsedAtMs ?? 0)) await apiKeys.touch(key.id)
    return { kind: 'machine', id: key.id, role: key.role, scope: key.scope }
  }

  #isLocalKey(token: string): boolean {
    return timingSafeEqual(Buffer.from(hashToken(token)), this.#localKeyHash)
  }

  #isDue(lastUsedAtMs: number): boolean {
    return this.#deps.clock.now() - lastUsedAtMs >= touchEveryMs
  }
}
