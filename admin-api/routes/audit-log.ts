import type { AuditEntry } from '../../store/audit-log.ts'
import type { AdminApiContext } from '../context.ts'
import { listAuditLog, type AuditEntryView } from '../contracts/audit-log.ts'
import { route, type Route } from '../route.ts'
import { isoTime } from '../views/iso-time.ts'

export function auditLogRoutes({ database }: AdminApiContext): readonly Route[] {
  return [
    route(listAuditLog, async ({ query }) => {
      const page = await database.auditLog.list(query)
      return { json: { items: page.items.map(auditEntryView), next: page.next ?? null } }
    }),
  ]
}

function auditEntryView({ atMs, before, after, address, ...entry }: AuditEntry): AuditEntryView {
  return { ...entry, at: isoTime(atMs), before: before ?? null, after: after ?? null, address: address ?? null }
}
