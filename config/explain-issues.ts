import type { z } from 'zod'
import { configKeys, type ConfigKey } from './config-keys.ts'
import { nearest } from './did-you-mean.ts'

/** A line for each thing that the schema refused: the key, its value, and what is allowed. */
export function explainIssues(
  issues: readonly z.core.$ZodIssue[],
  values: unknown,
  fromEnvironment: ReadonlySet<ConfigKey>,
): string[] {
  const lines = issues.flatMap((issue) => explain(issue, values, fromEnvironment))
  return [...new Set(lines)]
}

function explain(issue: z.core.$ZodIssue, values: unknown, fromEnvironment: ReadonlySet<ConfigKey>): string[] {
  const path = issue.path.map(String)
  const key = configKeys.find(({ path: its }) => its.every((part, at) => part === path[at]))
  if (key) return [wrongValue(key, values, fromEnvironment)]
  if (issue.code === 'unrecognized_keys') return issue.keys.map((name) => unknownKey([...path, name]))
  const where = path.length === 0 ? 'the file' : path.join('.')
  return [`${where} must be a section with keys of its own, not ${shown(valueAt(values, path))}`]
}

function wrongValue(key: ConfigKey, values: unknown, fromEnvironment: ReadonlySet<ConfigKey>): string {
  const name = fromEnvironment.has(key) ? `${key.variable} (${key.name})` : `${key.name} (${key.variable})`
  const value = key.isSecret === true ? 'what is set (not shown)' : shown(valueAt(values, key.path))
  return `${name} must be ${key.allowed}, not ${value}`
}

function unknownKey(path: readonly string[]): string {
  const name = path.join('.')
  const meant = nearest(name, knownNames()) ?? sameLastPart(path)
  const hint = meant === undefined ? 'docs/configuration.md lists all keys' : `did you mean ${meant}?`
  return `${name} is not a known key: ${hint}`
}

/** Keys and sections. */
function knownNames(): string[] {
  return configKeys.flatMap(({ path }) => path.map((_, at) => path.slice(0, at + 1).join('.')))
}

/** A key that was written into the wrong section, such as `port` outside `http`. */
function sameLastPart(path: readonly string[]): string | undefined {
  const fits = configKeys.filter((key) => key.path.at(-1) === path.at(-1))
  return fits.length === 1 ? fits[0]?.name : undefined
}

function valueAt(values: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined,
    values,
  )
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing'
  const text = JSON.stringify(value)
  return text.length > 100 ? `${text.slice(0, 99)}…` : text
}
