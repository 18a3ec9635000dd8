import { z } from 'zod'

/** C0 controls and DEL: no name, label or search has a use for them, and PostgreSQL refuses NUL. */
const controlCharacter = /[\u0000-\u001f\u007f]/
const loneSurrogate = /\p{Surrogate}/u

/** One line of text a person typed: trimmed, 1 to `maxLength` characters, storable everywhere. */
export function textField(maxLength: number) {
  return z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(maxLength, `must have at most ${maxLength} characters`)
    .refine((text) => !controlCharacter.test(text), 'must not contain control characters')
    .refine((text) => !loneSurrogate.test(text), 'must be well-formed Unicode')
}

/** An id as `core/ids` makes them: prefix, underscore, ULID in lower case. */
export function idField(prefix: string) {
  return z.string().regex(new RegExp(`^${prefix}_[0-9a-z]{26}$`), `must be an id that begins with ${prefix}_`)
}

/** Numbers that people dial in distress, with and without the customary 9 for an outside line. */
const emergencyNumbers = new Set(['000', '110', '112', '118', '119', '911', '999', '9112', '9911', '9999'])

export const extensionField = z
  .string()
  .regex(/^[0-9]{2,8}$/, 'must be 2 to 8 digits')
  .refine((number) => !emergencyNumbers.has(number), 'is kept for emergency calls')
  .meta({ description: 'A dialable internal number: 2 to 8 digits', example: '1001' })

export const emailField = z
  .string()
  .trim()
  .toLowerCase()
  .max(254, 'must have at most 254 characters')
  .pipe(z.email('must be an e-mail address'))

export const passwordField = z
  .string()
  .min(8, 'must have at least 8 characters')
  .max(200, 'must have at most 200 characters')
  .refine((text) => !loneSurrogate.test(text), 'must be well-formed Unicode')

/** An external number as people write it; blanks, dashes, dots and brackets are taken out. */
export const externalNumberField = z
  .string()
  .max(40, 'must have at most 40 characters')
  .transform((written) => written.replace(/[\s().-]/g, ''))
  .pipe(
    z
      .string()
      .regex(/^\+?[0-9]{3,15}$/, 'must be a telephone number: 3 to 15 digits, with + in front if international'),
  )

export const timeZoneField = z
  .string()
  .max(64, 'must have at most 64 characters')
  .refine(isTimeZone, 'must be a time zone such as Europe/Berlin')

function isTimeZone(name: string): boolean {
  // Intl also takes offsets such as +02:00, which have no daylight saving and are no zones.
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

export const timeField = z.iso.datetime().meta({ description: 'UTC, ISO 8601', example: '2026-01-05T09:00:00.000Z' })

/** A query parameter that says yes or no. */
export const flagInQuery = z.enum(['true', 'false']).transform((flag) => flag === 'true')

/** A query parameter that is a point in time, to milliseconds since the epoch. */
export const timeInQuery = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-01-05T09:00:00Z' })
  .transform((text) => Date.parse(text))
