import { z } from 'zod'
import { localKeyFileName, readLocalKey } from '../../admin-api/local-key.ts'
import { fullPathOf, type AnswerOf, type Contract } from '../../admin-api/contracts/contract.ts'
import { problemSchema } from '../../admin-api/contracts/problems.ts'
import { loadConfig } from '../../config/load-config.ts'
import { asError } from '../../core/errors.ts'
import { CommandFailed } from './command-errors.ts'
import type { Shell } from './shell.ts'

interface Wish {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
}

const patienceMs = 30_000

/** The exchange that runs on this machine, asked through its API with the key it left in its data directory. */
export class LocalExchange {
  readonly #base: string
  readonly #key: string
  readonly #dataDir: string

  private constructor(base: string, key: string, dataDir: string) {
    this.#base = base
    this.#key = key
    this.#dataDir = dataDir
  }

  /** @throws CommandFailed when none runs; ConfigError */
  static async find({ cwd, env }: Shell): Promise<LocalExchange> {
    const { dataDir, http } = loadConfig({ cwd, env })
    const key = await readLocalKey(dataDir).catch((thrown: unknown) => {
      throw new CommandFailed(
        `cannot read ${dataDir}/${localKeyFileName}: ${asError(thrown).message}. Run the command as the user who runs the exchange.`,
      )
    })
    if (key === undefined) {
      throw new CommandFailed(`no exchange runs on the data directory ${dataDir}. Start it with: strowger start`)
    }
    return new LocalExchange(`http://${hostToAsk(http.host)}:${http.port}`, key, dataDir)
  }

  /** @throws CommandFailed with what the exchange says when it refuses */
  async ask<C extends Contract>(contract: C, wish: Wish = {}): Promise<AnswerOf<C>> {
    const response = await this.#fetch(contract, wish)
    const answer = await response.text()
    if (!response.ok) throw new CommandFailed(this.#refusal(response.status, answer))
    return ('schema' in contract.answer ? contract.answer.schema.parse(JSON.parse(answer)) : undefined) as AnswerOf<C>
  }

  async #fetch(contract: Contract, { params = {}, query = {}, body }: Wish): Promise<Response> {
    const path = fullPathOf(contract).replace(/\{(\w+)\}/g, (_all, name: string) =>
      encodeURIComponent(params[name] ?? ''),
    )
    const search = new URLSearchParams(query).toString()
    const headers = { authorization: `Bearer ${this.#key}`, 'content-type': 'application/json' }
    const init = { method: contract.method, headers, signal: AbortSignal.timeout(patienceMs) }
    try {
      return await fetch(
        this.#base + path + (search && `?${search}`),
        body === undefined ? init : { ...init, body: JSON.stringify(body) },
      )
    } catch (thrown) {
      const { cause } = asError(thrown)
      const why = asError(cause ?? thrown).message
      throw new CommandFailed(`no exchange answers at ${this.#base} (${why}). Start it with: strowger start`)
    }
  }

  #refusal(status: number, answer: string): string {
    if (status === 401) {
      return `the exchange at ${this.#base} runs on another data directory than ${this.#dataDir}: set STROWGER_DATA_DIR`
    }
    const problem = z
      .string()
      .transform((text): unknown => JSON.parse(text))
      .pipe(problemSchema)
      .safeParse(answer)
    if (!problem.success) return `what answers at ${this.#base} is no exchange (status ${status})`
    const { title, detail, errors = [] } = problem.data
    if (errors.length === 0) return detail ?? title
    return errors.map(({ path, message }) => `${path} ${message}`).join('; ')
  }
}

/** A server on all addresses is asked on loopback. */
function hostToAsk(host: string | undefined): string {
  if (host === undefined || host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
