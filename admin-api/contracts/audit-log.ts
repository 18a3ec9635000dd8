import { z } from 'zod'
import { contract } from './contract.ts'
import { idField, textField, timeField } from './fields.ts'
import { pageOf, pagingQuery } from './page.ts'

export const auditEntrySchema = z
  .strictObject({
    id: idField('aud'),
    at: timeField,
    actorId: z.string().describe('A user, an API key, or the words local or system'),
    action: z.string(),
    targetKind: z.string(),
    targetId: z.string(),
    before: z.unknown().describe('What it was, without secrets; null when it is new'),
    after: z.unknown().describe('What it became, without secrets; null when it is gone'),
    address: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry' })
export type AuditEntryView = z.output<typeof auditEntrySchema>

export const listAuditLog = contract({
  id: 'listAuditLog',
  method: 'GET',
  path: '/audit-log',
  tag: 'audit-log',
  summary: 'Who changed what, newest first',
  access: { role: 'admin', scope: 'admin' },
  query: z.strictObject({
    ...pagingQuery,
    actorId: textField(100).optional(),
    targetKind: textField(100).optional(),
    targetId: textField(100).optional(),
  }),
  answer: { status: 200, schema: pageOf(auditEntrySchema) },
})

export const auditLogContracts = [listAuditLog] as const
