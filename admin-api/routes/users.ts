import type { UserId } from '../../core/ids.ts'
import { hashPassword } from '../../store/password-hash.ts'
import type { Repositories } from '../../store/repositories.ts'
import type { User } from '../../store/user.ts'
import type { AdminApiContext } from '../context.ts'
import { createUser, deleteUser, getUser, listUsers, setCallHandling, updateUser } from '../contracts/users.ts'
import { apiPrefix } from '../contracts/contract.ts'
import { etagOf, matching } from '../precondition.ts'
import { mayActFor, refuseAbove, type Principal } from '../principal.ts'
import { Problem } from '../problem.ts'
import { readSettings } from '../read-settings.ts'
import { recordChange } from '../record-change.ts'
import { removeRecording } from '../recording-file.ts'
import { route, type Route, type RouteRequest } from '../route.ts'
import { userView } from '../views/user-view.ts'

export function userRoutes(context: AdminApiContext): readonly Route[] {
  return [
    route(listUsers, async ({ query }) => {
      const page = await context.database.users.list(query)
      return { json: { items: page.items.map(userView), next: page.next ?? null } }
    }),
    route(createUser, (request) => create(context, request)),
    route(getUser, async ({ params, principal }) => {
      const user = await visibleUser(context.database, principal, params.id)
      return { json: userView(user), headers: { ETag: etagOf(user) } }
    }),
    route(updateUser, (request) => update(context, request)),
    route(deleteUser, (request) => remove(context, request)),
    route(setCallHandling, (request) => changeCallHandling(context, request)),
  ]
}

/** @throws Problem when there is no such user, or he is nothing to the one who asks: the answer is the same */
export async function visibleUser(
  { users }: Pick<Repositories, 'users'>,
  principal: Principal,
  id: string,
): Promise<User> {
  const user = await users.find(id as UserId)
  if (!user || !mayActFor(principal, user.id, 'supervisor')) throw new Problem('not-found', `there is no user ${id}`)
  return user
}

async function create({ database, clock }: AdminApiContext, request: RouteRequest<typeof createUser>) {
  const { password, ...fields } = request.body
  refuseAbove(request.principal, fields.role ?? 'user')
  const settings = await readSettings(database.settings)
  const passwordHash = password === undefined ? undefined : await hashPassword(password)
  const user = await database.transaction(async (repositories) => {
    const created = await repositories.users.create({
      ...fields,
      passwordHash,
      timeZone: fields.timeZone ?? settings.newUserTimeZone ?? undefined,
      callHandling: { strategy: 'desk-only', ringSeconds: settings.newUserRingSeconds },
    })
    const change = { action: 'user.create', targetId: created.id, after: userView(created) }
    await recordChange(repositories, clock, request, change)
    return created
  })
  return { json: userView(user), headers: { ETag: etagOf(user), Location: `${apiPrefix}/users/${user.id}` } }
}

async function update({ database, clock }: AdminApiContext, request: RouteRequest<typeof updateUser>) {
  const { params, body, principal, asked } = request
  if (body.role) refuseAbove(principal, body.role)
  const user = await database.transaction(async (repositories) => {
    const before = await visibleUser(repositories, principal, params.id)
    refuseAbove(principal, before.role)
    const after = await repositories.users.update(before.id, body, matching(asked.ifMatch, before))
    await refuseWithoutOwner(repositories)
    const change = { action: 'user.update', targetId: after.id, before: userView(before), after: userView(after) }
    await recordChange(repositories, clock, request, change)
    return after
  })
  return { json: userView(user), headers: { ETag: etagOf(user) } }
}

async function remove(context: AdminApiContext, request: RouteRequest<typeof deleteUser>) {
  const { params, principal, asked } = request
  const files = await context.database.transaction(async (repositories) => {
    const before = await visibleUser(repositories, principal, params.id)
    refuseAbove(principal, before.role)
    matching(asked.ifMatch, before)
    const removed = await repositories.users.remove(before.id)
    await refuseWithoutOwner(repositories)
    const change = { action: 'user.delete', targetId: before.id, before: userView(before) }
    await recordChange(repositories, context.clock, request, change)
    return removed?.voicemailFiles ?? []
  })
  for (const file of files) await removeRecording(context, file)
  return {}
}

async function refuseWithoutOwner({ users }: Repositories): Promise<void> {
  if ((await users.count('owner')) === 0) throw new Problem('last-owner', 'make somebody else an owner first')
}

async function changeCallHandling({ database, clock }: AdminApiContext, request: RouteRequest<typeof setCallHandling>) {
  const { params, body, principal, asked } = request
  const user = await database.transaction(async (repositories) => {
    const before = await visibleUser(repositories, principal, params.id)
    if (!mayActFor(principal, before.id, 'admin')) throw new Problem('forbidden', 'this needs the role admin')
    const options = matching(asked.ifMatch, before)
    const after = await repositories.users.update(before.id, { callHandling: body }, options)
    const views = { before: before.callHandling, after: after.callHandling }
    await recordChange(repositories, clock, request, { action: 'user.set-call-handling', targetId: after.id, ...views })
    return after
  })
  return { json: user.callHandling, headers: { ETag: etagOf(user) } }
}
