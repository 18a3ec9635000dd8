import { z } from 'zod'
import type { Extension, UserId } from '../core/ids.ts'

export const userRoles = ['owner', 'admin', 'supervisor', 'user'] as const
export type UserRole = (typeof userRoles)[number]

export const callStrategies = ['desk-then-mobile', 'mobile-then-desk', 'desk-only', 'mobile-only', 'both'] as const
export type CallStrategy = (typeof callStrategies)[number]

const placesSchema = z.object({
  strategy: z.enum(callStrategies),
  /** How long each place rings before the next, and then voicemail. */
  ringSeconds: z.number().int().min(1).max(600),
})

/** One span of opening hours, `HH:MM` in the user's time zone; `24:00` ends a day. */
const hoursSchema = z.object({ opens: z.string(), closes: z.string() })

export const businessHoursSchema = z.object({
  /** The open spans of each day, Monday first; an empty list is a closed day. */
  days: z.array(z.array(hoursSchema)).length(7),
  afterHours: placesSchema,
})

export const callHandlingSchema = placesSchema.extend({ businessHours: businessHoursSchema.optional() })

/** What happens to calls for a user: features C2, C3 and C4. */
export type CallHandling = z.infer<typeof callHandlingSchema>

export const defaultCallHandling: CallHandling = { strategy: 'desk-only', ringSeconds: 20 }

export interface User {
  readonly id: UserId
  readonly name: string
  /** Lower case. */
  readonly email: string | undefined
  readonly extension: Extension
  readonly role: UserRole
  /** An argon2id hash, see `password-hash.ts`; undefined for a user who cannot log in. */
  readonly passwordHash: string | undefined
  /** The external number to ring. */
  readonly mobile: string | undefined
  /** IANA name such as `Europe/Berlin`; undefined is the exchange's own. */
  readonly timeZone: string | undefined
  readonly plan: string | undefined
  readonly callHandling: CallHandling
  readonly createdAtMs: number
  readonly updatedAtMs: number
  /** Grows by one with each change; the ETag. */
  readonly version: number
}

export interface NewUser {
  readonly name: string
  readonly extension: string
  readonly email?: string | undefined
  readonly role?: UserRole | undefined
  readonly passwordHash?: string | undefined
  readonly mobile?: string | undefined
  readonly timeZone?: string | undefined
  readonly plan?: string | undefined
  readonly callHandling?: CallHandling | undefined
}

/** Fields left out or undefined stay as they are, `null` clears one. */
export interface UserPatch {
  readonly name?: string | undefined
  readonly extension?: string | undefined
  readonly email?: string | null | undefined
  readonly role?: UserRole | undefined
  readonly passwordHash?: string | null | undefined
  readonly mobile?: string | null | undefined
  readonly timeZone?: string | null | undefined
  readonly plan?: string | null | undefined
  readonly callHandling?: CallHandling | undefined
}
