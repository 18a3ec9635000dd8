import type { z } from 'zod'
import type { FieldError } from './contracts/problems.ts'
import { Problem } from './problem.ts'

type Place = FieldError['in']

/** A request's input after its schemas made it typed values. */
export interface ValidInput {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

/** Gathers every fault of a request, so that the one who asked sees all at once. */
export class Validation {
  readonly #errors: FieldError[] = []

  /** The value as its schema makes it; undefined when there is no schema or the value is refused. */
  check(place: Place, schema: z.ZodType | undefined, value: unknown): unknown {
    if (!schema) return undefined
    const result = schema.safeParse(value, { error: messageOf })
    if (result.success) return result.data
    this.#errors.push(...result.error.issues.flatMap((issue) => fieldErrorsOf(place, issue)))
    return undefined
  }

  /** @throws Problem when anything was refused */
  done(): void {
    const [first] = this.#errors
    if (!first) return
    const detail = `${first.path === '' ? `the ${first.in}` : first.path} ${first.message}`
    throw new Problem('invalid-request', detail, { errors: this.#errors })
  }
}

function fieldErrorsOf(place: Place, issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ in: place, path: dotted([...issue.path, key]), message: 'is not a known field' }))
  }
  return [{ in: place, path: dotted(issue.path), message: issue.message }]
}

function dotted(path: readonly PropertyKey[]): string {
  return path.map(String).join('.')
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  record: 'an object',
}

/** Plain sentences for what schemas do not word themselves. */
function messageOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'invalid_type') return undefined
  if (issue.input === undefined) return 'is required'
  return `must be ${typeNames[String(issue.expected)] ?? String(issue.expected)}`
}
