import { hashPassword } from '../../store/password-hash.ts'
import type { AdminApiContext } from '../context.ts'
import { setPassword } from '../contracts/users.ts'
import type { Login } from '../login.ts'
import { mayActFor, refuseAbove } from '../principal.ts'
import { fieldProblem, Problem } from '../problem.ts'
import { recordChange } from '../record-change.ts'
import { route, type Route, type RouteRequest } from '../route.ts'
import { visibleUser } from './users.ts'

export function passwordRoutes(context: AdminApiContext, login: Login): readonly Route[] {
  return [route(setPassword, (request) => change(context, login, request))]
}

async function change({ database, clock }: AdminApiContext, login: Login, request: RouteRequest<typeof setPassword>) {
  const { params, body, principal } = request
  const user = await visibleUser(database, principal, params.id)
  const own = principal.kind === 'person' && principal.user.id === user.id ? principal.session : undefined
  if (own) await provePassword(login, request, user)
  else if (!mayActFor(principal, user.id, 'admin')) throw new Problem('forbidden', 'this needs the role admin')
  refuseAbove(principal, user.role)
  const passwordHash = await hashPassword(body.password)
  await database.transaction(async (repositories) => {
    await repositories.users.update(user.id, { passwordHash })
    await repositories.sessions.removeByUser(user.id, own?.id)
    await recordChange(repositories, clock, request, { action: 'user.set-password', targetId: user.id })
  })
  return {}
}

/** A session left open on a desk must not be enough to take the account over. */
async function provePassword(
  login: Login,
  { body, asked }: RouteRequest<typeof setPassword>,
  user: Parameters<Login['isPasswordOf']>[0],
): Promise<void> {
  const at = { in: 'body', path: 'currentPassword' } as const
  if (body.currentPassword === undefined)
    throw fieldProblem({ ...at, message: 'is required to change one’s own password' })
  const isRight = await login.isPasswordOf(user, body.currentPassword, asked.address)
  if (!isRight) throw fieldProblem({ ...at, message: 'is not the password in use' })
}
