import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../core/clock.ts'
import type { IdempotencyKeys } from '../store/idempotency-keys.ts'
import { fieldProblem, Problem } from './problem.ts'
import type { AnyReply } from './route.ts'

const keyShape = /^[\x21-\x7e]{1,255}$/
const cleanEveryMs = 60 * 60_000

const replySchema = z.object({
  status: z.number().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  json: z.unknown(),
})

interface Post {
  /** The Idempotency-Key header. */
  readonly key: string
  /** Keys of different clients have nothing to do with each other. */
  readonly actorId: string
  readonly path: string
  readonly body: unknown
}

interface IdempotentPostsDeps {
  readonly keys: IdempotencyKeys
  readonly clock: Clock
}

/** Answers a repeated POST with what the first one was answered, for 24 hours. */
export class IdempotentPosts {
  readonly #deps: IdempotentPostsDeps
  #cleanAtMs = 0

  constructor(deps: IdempotentPostsDeps) {
    this.#deps = deps
  }

  /** @throws Problem when the key belongs to another request, or the first one still runs */
  async once(post: Post, work: () => Promise<AnyReply>): Promise<AnyReply> {
    if (!keyShape.test(post.key)) {
      throw fieldProblem({ in: 'header', path: 'Idempotency-Key', message: 'must be 1 to 255 visible characters' })
    }
    await this.#cleanNowAndThen()
    const id = sha256(JSON.stringify([post.actorId, post.key]))
    const begun = await this.#deps.keys.begin(id, sha256(JSON.stringify([post.path, post.body ?? null])))
    switch (begun.kind) {
      case 'new':
        return this.#first(id, work)
      case 'answered':
        return replay(begun.answer)
      case 'running':
        throw new Problem('request-in-progress', undefined, { headers: { 'Retry-After': '1' } })
      case 'other-request':
        throw new Problem('idempotency-key-reused', 'use a new Idempotency-Key for each new request')
    }
  }

  /** Only what succeeded is kept: after a failure nothing has changed, and the client may well try again. */
  async #first(id: string, work: () => Promise<AnyReply>): Promise<AnyReply> {
    try {
      const reply = await work()
      await this.#deps.keys.complete(id, JSON.stringify(reply))
      return reply
    } catch (thrown) {
      await this.#deps.keys.abandon(id)
      throw thrown
    }
  }

  async #cleanNowAndThen(): Promise<void> {
    const nowMs = this.#deps.clock.now()
    if (nowMs < this.#cleanAtMs) return
    this.#cleanAtMs = nowMs + cleanEveryMs
    await this.#deps.keys.removeExpired()
  }
}

function replay(answer: string): AnyReply {
  const { status, headers, json } = replySchema.parse(JSON.parse(answer))
  return { ...(status !== undefined && { status }), headers: { ...headers, 'Idempotency-Replayed': 'true' }, json }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
