import { z } from 'zod'
import { contract } from './contract.ts'
import { idField, timeField } from './fields.ts'

export const registrationSchema = z
  .strictObject({
    deviceId: idField('dev'),
    userId: idField('usr'),
    contact: z.string(),
    transport: z.string(),
    remoteAddress: z.string().describe('address:port the registration came from'),
    userAgent: z.string(),
    registeredAt: timeField,
    expiresAt: timeField,
  })
  .meta({ id: 'Registration' })
export type RegistrationView = z.output<typeof registrationSchema>

export const listRegistrations = contract({
  id: 'listRegistrations',
  method: 'GET',
  path: '/registrations',
  tag: 'registrations',
  summary: 'The devices that are registered now; a plain user sees his own',
  access: { role: 'user', scope: 'read' },
  query: z.strictObject({ userId: idField('usr').optional(), deviceId: idField('dev').optional() }),
  answer: { status: 200, schema: z.strictObject({ items: z.array(registrationSchema), next: z.null() }) },
})

export const registrationContracts = [listRegistrations] as const
