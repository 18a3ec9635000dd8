import { z } from 'zod'

/** Where the calls for a user ring, in which order (feature C2). */
export const callStrategies = ['desk-then-mobile', 'mobile-then-desk', 'desk-only', 'mobile-only', 'both'] as const

const places = {
  strategy: z.enum(callStrategies, `must be one of ${callStrategies.join(', ')}`),
  ringSeconds: z
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(600, 'must be at most 600')
    .describe('How long each place rings before the next, and then voicemail'),
}

const timeOfDay = z.string().regex(/^(?:[01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$/, 'must be a time of day such as 09:00')

const openSpan = z
  .strictObject({ opens: timeOfDay, closes: timeOfDay })
  .refine((span) => span.opens < span.closes, { path: ['closes'], message: 'must be later than opens' })

const openSpans = z
  .array(openSpan)
  .max(10, 'must have at most 10 spans')
  .refine(isInOrder, 'spans must follow each other without overlap')

function isInOrder(spans: readonly { opens: string; closes: string }[]): boolean {
  return spans.every((span, at) => at === 0 || (spans[at - 1]?.closes ?? '') <= span.opens)
}

const businessHours = z.strictObject({
  days: z
    .array(openSpans)
    .length(7, 'must have seven days, Monday first')
    .describe('The open spans of each day in the time zone of the user, Monday first; an empty list is a closed day'),
  afterHours: z.strictObject(places),
})

export const callHandlingSchema = z
  .strictObject({ ...places, businessHours: businessHours.optional() })
  .meta({ id: 'CallHandling' })
