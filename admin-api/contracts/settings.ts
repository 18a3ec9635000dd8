import { z } from 'zod'
import { contract } from './contract.ts'
import { timeZoneField } from './fields.ts'

const tag = 'settings'

/** What an administrator may set while the exchange runs; each with the value it has until then. */
export const settingsSchema = z
  .strictObject({
    sessionDays: z
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(365, 'must be at most 365')
      .default(30)
      .describe('How long a login lasts'),
    newUserRingSeconds: z
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(600, 'must be at most 600')
      .default(20)
      .describe('How long the phones of a new user ring before voicemail'),
    newUserTimeZone: timeZoneField
      .nullable()
      .default(null)
      .describe('The time zone of a new user who is given none; null is that of the exchange'),
  })
  .meta({ id: 'Settings' })
export type SettingsView = z.output<typeof settingsSchema>

export const getSettings = contract({
  id: 'getSettings',
  method: 'GET',
  path: '/settings',
  tag,
  summary: 'All settings',
  access: { role: 'admin', scope: 'admin' },
  answer: { status: 200, schema: settingsSchema },
})

const { sessionDays, newUserRingSeconds, newUserTimeZone } = settingsSchema.shape

export const updateSettings = contract({
  id: 'updateSettings',
  method: 'PATCH',
  path: '/settings',
  tag,
  summary: 'Changes what is given',
  access: { role: 'admin', scope: 'admin' },
  body: z.strictObject({
    sessionDays: sessionDays.unwrap().optional(),
    newUserRingSeconds: newUserRingSeconds.unwrap().optional(),
    newUserTimeZone: newUserTimeZone.unwrap().optional(),
  }),
  answer: { status: 200, schema: settingsSchema },
})

export const settingsContracts = [getSettings, updateSettings] as const
