import type { AdminApiContext } from '../context.ts'
import { getSettings, updateSettings } from '../contracts/settings.ts'
import { readSettings } from '../read-settings.ts'
import { recordChange } from '../record-change.ts'
import { route, type Route, type RouteRequest } from '../route.ts'

export function settingsRoutes(context: AdminApiContext): readonly Route[] {
  return [
    route(getSettings, async () => ({ json: await readSettings(context.database.settings) })),
    route(updateSettings, (request) => update(context, request)),
  ]
}

async function update({ database, clock }: AdminApiContext, request: RouteRequest<typeof updateSettings>) {
  const settings = await database.transaction(async (repositories) => {
    const before = await readSettings(repositories.settings)
    for (const [key, value] of Object.entries(request.body)) await repositories.settings.set(key, value)
    const after = await readSettings(repositories.settings)
    await recordChange(repositories, clock, request, { action: 'settings.update', targetId: 'settings', before, after })
    return after
  })
  return { json: settings }
}
