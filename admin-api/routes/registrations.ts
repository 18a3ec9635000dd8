import type { UserId } from '../../core/ids.ts'
import type { AdminApiContext } from '../context.ts'
import { listRegistrations } from '../contracts/registrations.ts'
import { ownerFilter } from '../owner-filter.ts'
import { route, type Route } from '../route.ts'
import { registrationView } from '../views/registration-view.ts'

export function registrationRoutes({ registrations }: AdminApiContext): readonly Route[] {
  return [
    route(listRegistrations, async ({ query, principal }) => {
      const userId = ownerFilter(principal, query.userId as UserId | undefined)
      const shown = registrations
        .list()
        .filter((binding) => userId === undefined || binding.userId === userId)
        .filter((binding) => query.deviceId === undefined || binding.deviceId === query.deviceId)
      return { json: { items: shown.map(registrationView), next: null } }
    }),
  ]
}
