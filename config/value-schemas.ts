import { z } from 'zod'
import type { ListenPoint } from './listen-point.ts'
import {
  isHost,
  isNetwork,
  parseControlTarget,
  parseListenPoint,
  parsePortRange,
  splitItems,
  type ControlTarget,
  type PortRange,
} from './parse-values.ts'

/** A whole number: as such from YAML, in digits from the environment. */
export function wholeNumber(smallest: number, largest: number) {
  const digits = z.string().trim().regex(/^\d+$/).transform(Number)
  return z.union([z.number(), digits]).pipe(z.number().int().min(smallest).max(largest))
}

/** 0 lets the system choose a free one. */
export const portSchema = wholeNumber(0, 65_535)

export const textSchema = z.string().trim().min(1)

export const hostSchema = textSchema.refine(isHost)

export const networksSchema = listOf(textSchema.refine(isNetwork))

export const listenSchema = listOf(parsedText(parseListenPoint)).pipe(
  z.array(z.custom<ListenPoint>()).min(1).refine(areDistinct),
)

export const portRangeSchema = parsedText(parsePortRange).pipe(
  z.custom<PortRange>().refine(({ from, to }) => from >= 1024 && to - from >= 3),
)

const controlTargetObject = z.strictObject({ host: hostSchema, port: wholeNumber(1, 65_535), secret: textSchema })

export const controlTargetsSchema = listOf(z.union([parsedText(parseControlTarget), controlTargetObject])).pipe(
  z.array(z.custom<ControlTarget>()),
)

/** A list from YAML, or its items with commas between them from the environment. */
function listOf<S extends z.ZodType>(item: S) {
  return z.preprocess((value) => (typeof value === 'string' ? splitItems(value) : value), z.array(item))
}

function parsedText<T>(parse: (text: string) => T | undefined) {
  return z.string().transform((text, context) => {
    const parsed = parse(text)
    if (parsed !== undefined) return parsed
    context.addIssue({ code: 'custom', message: 'not readable' })
    return z.NEVER
  })
}

function areDistinct(points: readonly ListenPoint[]): boolean {
  const fixed = points.filter(({ port }) => port !== 0)
  return new Set(fixed.map(({ protocol, host, port }) => `${protocol}:${host}:${port}`)).size === fixed.length
}
