import type { AdminApiContext } from '../context.ts'
import { deleteBan, listBans } from '../contracts/bans.ts'
import { Problem } from '../problem.ts'
import { recordChange } from '../record-change.ts'
import { route, type Route, type RouteRequest } from '../route.ts'
import { banView } from '../views/ban-view.ts'

export function banRoutes(context: AdminApiContext): readonly Route[] {
  return [
    route(listBans, async () => ({ json: { items: context.bans.list().map(banView), next: null } })),
    route(deleteBan, (request) => release(context, request)),
  ]
}

async function release({ bans, database, clock }: AdminApiContext, request: RouteRequest<typeof deleteBan>) {
  const { address } = request.params
  const ban = bans.release(address)
  if (!ban) throw new Problem('not-found', `${address} is not banned`)
  await recordChange(database, clock, request, { action: 'ban.release', targetId: ban.address, before: banView(ban) })
  return {}
}
