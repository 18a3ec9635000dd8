import type { CallId, UserId } from '../../core/ids.ts'
import type { Call } from '../../store/call-record.ts'
import type { AdminApiContext } from '../context.ts'
import { getCall, hangUpCall, listCalls, listLiveCalls } from '../contracts/calls.ts'
import { roleReaches, type Role } from '../contracts/roles.ts'
import type { LiveCall } from '../live-parts.ts'
import { ownerFilter } from '../owner-filter.ts'
import { mayActFor, type Principal } from '../principal.ts'
import { Problem } from '../problem.ts'
import { recordChange } from '../record-change.ts'
import { route, type Route, type RouteRequest } from '../route.ts'
import { callDetailView, callView, liveCallView } from '../views/call-view.ts'

export function callRoutes(context: AdminApiContext): readonly Route[] {
  const { database, liveCalls } = context
  return [
    route(listCalls, async ({ query, principal }) => {
      const { from, to, userId: asked, ...rest } = query
      const userId = ownerFilter(principal, asked as UserId | undefined)
      const page = await database.calls.list({ ...rest, userId, fromMs: from, toMs: to })
      return { json: { items: page.items.map(callView), next: page.next ?? null } }
    }),
    route(listLiveCalls, async ({ principal }) => {
      const shown = liveCalls.list().filter((call) => mayReachCall(principal, partiesOf(call), 'supervisor'))
      return { json: { items: shown.map(liveCallView), next: null } }
    }),
    route(getCall, async ({ params, principal }) => {
      const call = await visibleCall(context, principal, params.id)
      return { json: callDetailView(call, roleReaches(principal.role, 'supervisor')) }
    }),
    route(hangUpCall, (request) => hangUp(context, request)),
  ]
}

async function visibleCall({ database }: AdminApiContext, principal: Principal, id: string): Promise<Call> {
  const call = await database.calls.find(id as CallId)
  const parties = call && [...partiesOf(call), ...call.legs.map((leg) => leg.userId)]
  if (!parties || !mayReachCall(principal, parties, 'supervisor')) {
    throw new Problem('not-found', `there is no call ${id}`)
  }
  return call
}

function partiesOf(call: LiveCall | Call): readonly (UserId | undefined)[] {
  return [call.fromUserId, call.toUserId, call.answeredByUserId]
}

function mayReachCall(principal: Principal, parties: readonly (UserId | undefined)[], from: Role): boolean {
  return parties.some((userId) => mayActFor(principal, userId, from))
}

async function hangUp(context: AdminApiContext, request: RouteRequest<typeof hangUpCall>) {
  const { params, principal } = request
  const id = params.id as CallId
  const live = context.liveCalls.list().find((call) => call.id === id)
  if (!live) {
    await visibleCall(context, principal, id)
    throw new Problem('call-not-live', `the call ${id} has ended`)
  }
  if (!mayReachCall(principal, partiesOf(live), 'supervisor')) {
    throw new Problem('not-found', `there is no call ${id}`)
  }
  if (!mayReachCall(principal, partiesOf(live), 'admin')) throw new Problem('forbidden', 'this needs the role admin')
  if (!(await context.liveCalls.hangUp(id))) throw new Problem('call-not-live', `the call ${id} has ended`)
  await recordChange(context.database, context.clock, request, { action: 'call.hang-up', targetId: id })
  return {}
}
