import type { ApiKeyId } from '../../core/ids.ts'
import type { ApiKey } from '../../store/api-keys.ts'
import { largestPage } from '../../store/page.ts'
import { newToken } from '../../store/token.ts'
import type { AdminApiContext } from '../context.ts'
import { createApiKey, deleteApiKey, listApiKeys } from '../contracts/api-keys.ts'
import { refuseAbove } from '../principal.ts'
import { fieldProblem, Problem } from '../problem.ts'
import { recordChange } from '../record-change.ts'
import { route, type Route, type RouteRequest } from '../route.ts'
import { apiKeyView } from '../views/api-key-view.ts'

export function apiKeyRoutes(context: AdminApiContext): readonly Route[] {
  return [
    route(createApiKey, (request) => create(context, request)),
    route(listApiKeys, async () => {
      const { items } = await context.database.apiKeys.list({ limit: largestPage })
      return { json: { items: items.map(apiKeyView), next: null } }
    }),
    route(deleteApiKey, (request) => remove(context, request)),
  ]
}

async function create({ database, clock }: AdminApiContext, request: RouteRequest<typeof createApiKey>) {
  const { body, principal } = request
  refuseAbove(principal, body.role)
  const expiresAtMs = body.expiresAt === undefined ? undefined : Date.parse(body.expiresAt)
  if (expiresAtMs !== undefined && expiresAtMs <= clock.now()) {
    throw fieldProblem({ in: 'body', path: 'expiresAt', message: 'must be in the future' })
  }
  const { token, tokenHash } = newToken('api-key')
  const createdBy = principal.kind === 'person' ? principal.user.id : undefined
  const key = await database.transaction(async (repositories) => {
    const { name, role, scope } = body
    const created = await repositories.apiKeys.create({ name, role, scope, tokenHash, createdBy, expiresAtMs })
    const change = { action: 'api-key.create', targetId: created.id, after: apiKeyView(created) }
    await recordChange(repositories, clock, request, change)
    return created
  })
  return { json: { ...apiKeyView(key), key: token } }
}

async function remove({ database, clock }: AdminApiContext, request: RouteRequest<typeof deleteApiKey>) {
  const { params, principal } = request
  await database.transaction(async (repositories) => {
    const key: ApiKey | undefined = await repositories.apiKeys.find(params.id as ApiKeyId)
    if (!key) throw new Problem('not-found', `there is no API key ${params.id}`)
    refuseAbove(principal, key.role)
    await repositories.apiKeys.remove(key.id)
    const change = { action: 'api-key.delete', targetId: key.id, before: apiKeyView(key) }
    await recordChange(repositories, clock, request, change)
  })
  return {}
}
