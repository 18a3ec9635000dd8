import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { parseDocument } from 'yaml'
import type { z } from 'zod'
import { asError, systemCodeOf } from '../core/errors.ts'
import { applyEnvironment, type Environment } from './apply-environment.ts'
import { ConfigError } from './config-error.ts'
import { configSchema } from './config-schema.ts'
import type { Config } from './config.ts'
import { explainIssues } from './explain-issues.ts'
import { crossChecks } from './cross-checks.ts'
import { isHost } from './parse-values.ts'

export const configFileName = 'strowger.yaml'

export interface LoadOptions {
  /** Where `strowger.yaml` is looked for and relative paths start; absolute. */
  readonly cwd: string
  readonly env: Environment
}

/**
 * Reads `strowger.yaml`, if there is one, and the `STROWGER_*` variables, which win over it.
 * @throws ConfigError that names everything that is wrong
 */
export function loadConfig({ cwd, env }: LoadOptions): Config {
  const { values, fromEnvironment, problems } = applyEnvironment(readFile(resolve(cwd, configFileName)), env)
  const parsed = configSchema.safeParse(values)
  if (!parsed.success) {
    throw new ConfigError([...problems, ...explainIssues(parsed.error.issues, values, fromEnvironment)])
  }
  problems.push(...crossChecks(parsed.data))
  if (problems.length > 0) throw new ConfigError(problems)
  return complete(parsed.data, cwd)
}

function readFile(file: string): unknown {
  const document = parseDocument(readText(file))
  const [error] = document.errors
  if (error) throw new ConfigError([`${file} is not YAML: ${firstLine(error.message)}`])
  return withoutNulls(document.toJS() ?? {})
}

/** The lines after it quote the file, which may hold a password. */
function firstLine(message: string): string {
  return message.split('\n', 1).join('').replace(/:$/, '')
}

/** A key or section with nothing behind it is as good as not there. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value).filter(([, inner]) => inner !== null)
  return Object.fromEntries(entries.map(([name, inner]) => [name, withoutNulls(inner)]))
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (thrown) {
    if (systemCodeOf(thrown) === 'ENOENT') return ''
    throw new ConfigError([`${file} cannot be read: ${asError(thrown).message}`], { cause: thrown })
  }
}

/** Fills in what follows from other keys or from the machine. */
function complete(parsed: z.infer<typeof configSchema>, cwd: string): Config {
  const { http, database, sip, media, admin } = parsed
  const dataDir = resolve(cwd, parsed.dataDir)
  const domain = sip.domain ?? machineName()
  const { advertise, ...edge } = sip
  return {
    ...parsed,
    dataDir,
    http: { port: http.port, host: http.host },
    database: { url: database.url ?? `sqlite:${resolve(dataDir, 'strowger.db')}` },
    sip: {
      ...edge,
      domain,
      realm: sip.realm ?? domain,
      listen: advertise === undefined ? sip.listen : sip.listen.map((point) => ({ ...point, advertise })),
      control: { ...sip.control, secret: sip.control.secret },
    },
    media: { ...media, address: media.address },
    admin: { password: admin.password },
  }
}

/** A machine's name may hold what a SIP URI may not. */
function machineName(): string {
  const name = hostname().toLowerCase()
  return isHost(name) && isIP(name) === 0 ? name : 'localhost'
}
