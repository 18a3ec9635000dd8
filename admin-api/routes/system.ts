import type { AdminApiContext } from '../context.ts'
import { allContracts } from '../contracts/all-contracts.ts'
import { getHealth, getMetrics, getOpenApi, getReadiness } from '../contracts/system.ts'
import type { HealthCheck } from '../live-parts.ts'
import { openApiDocument } from '../openapi.ts'
import { route, type Route } from '../route.ts'

export function systemRoutes(context: AdminApiContext): readonly Route[] {
  const document = openApiDocument(allContracts, context.version)
  return [
    route(getHealth, async () => ({ json: { status: 'ok' as const } })),
    route(getReadiness, () => readiness(context)),
    route(getMetrics, async () => ({ text: await context.metricsText() })),
    route(getOpenApi, async () => ({ json: document })),
  ]
}

async function readiness({ health }: AdminApiContext) {
  const checks = await health.check()
  const isReady = Object.values(checks).every(({ isOk }) => isOk)
  const views = Object.fromEntries(Object.entries(checks).map(([part, check]) => [part, checkView(check)]))
  const status: 'ready' | 'not-ready' = isReady ? 'ready' : 'not-ready'
  return { status: isReady ? 200 : 503, json: { status, checks: views } }
}

function checkView({ isOk, detail }: HealthCheck): { isOk: boolean; detail?: string } {
  return detail === undefined ? { isOk } : { isOk, detail }
}
