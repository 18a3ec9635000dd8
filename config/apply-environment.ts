import { configKeys, variablePrefix, type ConfigKey } from './config-keys.ts'
import { nearest } from './did-you-mean.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface AppliedEnvironment {
  /** The values of the file with those of the environment put over them. */
  readonly values: unknown
  readonly fromEnvironment: ReadonlySet<ConfigKey>
  readonly problems: string[]
}

type Section = Record<string, unknown>

/** Puts the variables over the values of the file. An empty variable counts as none, as in a compose file. */
export function applyEnvironment(fileValues: unknown, env: Environment): AppliedEnvironment {
  const problems = misspelled(env)
  if (!isSection(fileValues)) return { values: fileValues, fromEnvironment: new Set(), problems }
  const values = structuredClone(fileValues)
  const fromEnvironment = new Set<ConfigKey>()
  for (const key of configKeys) {
    const value = env[key.variable]
    if (value === undefined || value === '') continue
    if (put(values, key.path, value)) fromEnvironment.add(key)
  }
  return { values, fromEnvironment, problems }
}

/** False when the file has something else than a section on the way; the schema will say so. */
function put(values: Section, path: readonly string[], value: string): boolean {
  const [name = '', ...rest] = path
  if (rest.length === 0) {
    values[name] = value
    return true
  }
  const section = (values[name] ??= {})
  return isSection(section) && put(section, rest, value)
}

/**
 * Only what is nearly one of ours is an error: other programs and container platforms make variables with this prefix
 * too (Kubernetes sets `STROWGER_PORT` when a service has this name).
 */
function misspelled(env: Environment): string[] {
  const known = configKeys.map(({ variable }) => variable)
  return Object.keys(env)
    .filter((name) => name.startsWith(variablePrefix) && !known.includes(name))
    .flatMap((name) => {
      const meant = nearest(name, known)
      return meant === undefined ? [] : [`${name} is not a known variable: did you mean ${meant}?`]
    })
}

function isSection(value: unknown): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
