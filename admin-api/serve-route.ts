import type { Request, Response } from 'express'
import { z } from 'zod'
import type { Authenticator } from './authenticator.ts'
import { refuseForeignOrigin } from './bearer-token.ts'
import type { Contract } from './contracts/contract.ts'
import { roleReaches, scopeReaches } from './contracts/roles.ts'
import type { IdempotentPosts } from './idempotent-posts.ts'
import { isLoopback } from './is-loopback.ts'
import { actorIdOf, type Principal } from './principal.ts'
import { Problem } from './problem.ts'
import { readBody } from './read-body.ts'
import type { AnyReply, Asked, Route } from './route.ts'
import { sendReply } from './send-reply.ts'
import { Validation, type ValidInput } from './validate.ts'

export interface FrameDeps {
  readonly authenticator: Authenticator
  readonly idempotentPosts: IdempotentPosts
  /** Whether each answer is held against its schema: on in tests. */
  readonly validatesAnswers: boolean
  readonly changesFollowed: (() => Promise<void>) | undefined
}

/** A route without a body takes an empty object, which many clients send with every POST. */
const noBody = z.strictObject({}).optional()

/** Everything between the HTTP server and a handler: who asks, what for, whether it was asked before. */
export async function serveRoute(route: Route, deps: FrameDeps, request: Request, response: Response): Promise<void> {
  const { contract, handle } = route
  const principal = await admit(contract, deps, request)
  const input = validate(contract, request, await bodyOf(contract, request, response))
  const work = () => handle({ ...input, principal, asked: askedBy(request) } as never)
  const reply = await once(contract, deps, { request, principal, input }, work)
  if (deps.validatesAnswers) checkReply(contract, reply)
  // Who was told that a device exists may register it at once.
  if (contract.method !== 'GET') await deps.changesFollowed?.()
  await sendReply(response, contract, reply)
}

async function admit(contract: Contract, deps: FrameDeps, request: Request): Promise<Principal | undefined> {
  if (contract.access === 'public') {
    refuseForeignOrigin(request)
    return undefined
  }
  if (contract.isOpenToLoopback && isLoopback(request)) return undefined
  const principal = await deps.authenticator.authenticate(request)
  const { role, scope } = contract.access
  if (!roleReaches(principal.role, role)) throw new Problem('forbidden', `this needs the role ${role}`)
  if (principal.kind === 'machine' && !scopeReaches(principal.scope, scope)) {
    throw new Problem('forbidden', `this needs a key with the scope ${scope}`)
  }
  return principal
}

async function bodyOf(contract: Contract, request: Request, response: Response): Promise<unknown> {
  return contract.body || contract.method === 'POST' ? readBody(request, response) : undefined
}

function validate(contract: Contract, request: Request, body: unknown): ValidInput {
  const validation = new Validation()
  const params = validation.check('path', contract.params, request.params)
  const query = validation.check('query', contract.query ?? z.strictObject({}), request.query)
  const valid = validation.check('body', contract.body ?? noBody, body)
  validation.done()
  return { params, query, body: valid }
}

async function once(
  { method, isNeverReplayed }: Contract,
  { idempotentPosts }: FrameDeps,
  { request, principal, input }: { request: Request; principal: Principal | undefined; input: ValidInput },
  work: () => Promise<AnyReply>,
): Promise<AnyReply> {
  const key = request.get('idempotency-key')
  if (key === undefined || method !== 'POST' || isNeverReplayed || !principal) return work()
  return idempotentPosts.once({ key, actorId: actorIdOf(principal), path: request.path, body: input.body }, work)
}

function askedBy(request: Request): Asked {
  return {
    address: request.ip ?? '',
    userAgent: (request.get('user-agent') ?? '').slice(0, 300),
    isSecure: request.secure,
    ifMatch: request.get('if-match'),
  }
}

/** @throws ZodError for an answer that breaks its own contract */
function checkReply({ answer }: Contract, reply: AnyReply): void {
  if ('schema' in answer) answer.schema.parse(reply.json)
}
