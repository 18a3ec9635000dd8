import { randomBytes } from 'node:crypto'
import type { Test } from 'tap'
import type { Clock } from '../core/clock.ts'
import { FakeClock } from '../core/fake-clock.ts'
import { silentLogger, type Logger } from '../core/logger.ts'
import type { Binding } from '../store/binding.ts'
import { openDatabase, type Database } from '../store/database.ts'
import type { AdminApiContext } from './context.ts'
import { allContracts } from './contracts/all-contracts.ts'
import { fullPathOf, type Contract } from './contracts/contract.ts'
import { problemSchema, type ProblemDocument } from './contracts/problems.ts'
import type { Role } from './contracts/roles.ts'
import { ensureFirstAdministrator } from './first-administrator.ts'
import type { Ban, HealthCheck, LiveCall } from './live-parts.ts'
import { readLocalKey } from './local-key.ts'
import { problemCodesOf } from './openapi.ts'
import { startHttp } from './start-http.ts'

export const ownerPassword = 'owner of the exchange'

export interface Ask {
  readonly token?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  /** In place of the JSON of `body`. */
  readonly raw?: string | Uint8Array<ArrayBuffer>
}

/** What most tests look at: the fields of a refusal, or the id of what was made. */
type Usual = ProblemDocument & { readonly id: string }

export interface Page<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
}

export interface Answer<Body = Usual> {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** As the test expects it: the server has held it against its schema. Undefined when the answer is not JSON. */
  readonly json: Body
}

/** What the live parts of the exchange show; tests change it as they like. */
export interface FakeLiveParts {
  readonly calls: LiveCall[]
  readonly hungUp: string[]
  readonly bindings: Binding[]
  readonly bans: Map<string, Ban>
  checks: Record<string, HealthCheck>
}

/** The API on a temporary directory over real HTTP, each of its answers held against its contract. */
export class TestApi {
  readonly database: Database
  readonly dataDir: string
  readonly clock: FakeClock
  readonly live: FakeLiveParts
  readonly base: string
  readonly localKey: string
  /** Of the first administrator. */
  readonly ownerToken: string
  readonly context: AdminApiContext

  private constructor(parts: Omit<TestApi, 'call' | 'ask' | 'person'>) {
    this.database = parts.database
    this.dataDir = parts.dataDir
    this.clock = parts.clock
    this.live = parts.live
    this.base = parts.base
    this.localKey = parts.localKey
    this.ownerToken = parts.ownerToken
    this.context = parts.context
  }

  static async start(t: Test, changes: Partial<AdminApiContext> = {}): Promise<TestApi> {
    const dataDir = t.testdir()
    const clock = new FakeClock()
    const database = await openDatabase({ url: 'sqlite::memory:', dataDir, key: randomBytes(32), clock })
    await ensureFirstAdministrator(database, clock, ownerPassword)
    const live: FakeLiveParts = {
      calls: [],
      hungUp: [],
      bindings: [],
      bans: new Map(),
      checks: { database: { isOk: true } },
    }
    const context = { ...contextOn({ database, dataDir, clock, live }), ...changes }
    const http = await startHttp(context, { host: '127.0.0.1', port: 0 })
    t.teardown(async () => {
      await http.close()
      await database.close()
    })
    const base = `http://127.0.0.1:${http.port}`
    const localKey = (await readLocalKey(dataDir)) ?? ''
    const ownerToken = await logIn(base, 'admin', ownerPassword)
    return new TestApi({
      database,
      dataDir,
      clock,
      live,
      base,
      localKey,
      ownerToken,
      context: { ...context, localKey },
    })
  }

  /** Asks as the owner, unless told otherwise. Paths begin with `/`; those of the system stand outside `/api/v1`. */
  async call<Body = Usual>(method: string, path: string, body?: unknown, ask: Ask = {}): Promise<Answer<Body>> {
    const token = 'token' in ask ? ask.token : this.ownerToken
    const isOutside = /^\/(healthz|readyz|metrics|api\/)/.test(path)
    const init: RequestInit & { headers: Record<string, string> } = { method, headers: {} }
    if (token !== undefined) init.headers['authorization'] = `Bearer ${token}`
    if (body !== undefined || ask.raw !== undefined) {
      init.headers['content-type'] = 'application/json'
      init.body = ask.raw ?? JSON.stringify(body)
    }
    Object.assign(init.headers, ask.headers)
    const response = await fetch(this.base + (isOutside ? path : `/api/v1${path}`), init)
    const answer = await answerOf<Body>(response)
    checkProblem(method, new URL(response.url).pathname, answer)
    return answer
  }

  /** Asks and expects to get it. */
  async ask<Body = Usual>(method: string, path: string, body?: unknown, ask?: Ask): Promise<Body> {
    const answer = await this.call<Body>(method, path, body, ask)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
    return answer.json
  }

  /** A new user of that role, logged in. */
  async person(extension: string, role: Role = 'user'): Promise<{ id: string; token: string }> {
    const password = `password of ${extension}`
    const { id } = await this.ask('POST', '/users', { name: `User ${extension}`, extension, password, role })
    return { id, token: await logIn(this.base, extension, password) }
  }
}

interface ContextParts {
  readonly database: Database
  readonly dataDir: string
  readonly clock: Clock
  readonly live: FakeLiveParts
}

function contextOn({ database, dataDir, clock, live }: ContextParts): Omit<AdminApiContext, 'localKey'> {
  const logger: Logger = silentLogger
  return {
    database,
    clock,
    logger,
    dataDir,
    version: '0.0.0-test',
    sip: { domain: 'office.test', servers: () => [{ transport: 'udp', host: '192.0.2.1', port: 5060 }] },
    liveCalls: {
      list: () => live.calls,
      hangUp: async (id) => {
        live.hungUp.push(id)
        return live.calls.some((call) => call.id === id)
      },
    },
    registrations: { list: () => live.bindings },
    bans: {
      list: () => [...live.bans.values()],
      release: (address) => {
        const ban = live.bans.get(address)
        live.bans.delete(address)
        return ban
      },
    },
    health: { check: async () => live.checks },
    metricsText: async () => 'strowger_up 1\n',
    validatesAnswers: true,
  }
}

async function logIn(base: string, login: string, password: string): Promise<string> {
  const response = await fetch(`${base}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password }),
  })
  return ((await response.json()) as { token: string }).token
}

async function answerOf<Body>(response: Response): Promise<Answer<Body>> {
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== ''
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: (isJson ? JSON.parse(text) : undefined) as Body,
  }
}

/** Every refusal must be a problem document that the route's contract announces. */
function checkProblem(method: string, path: string, answer: Answer<unknown>): void {
  if (answer.status < 400 || method === 'HEAD' || path === '/readyz') return
  const type = answer.headers.get('content-type')
  if (type !== 'application/problem+json; charset=utf-8') throw new Error(`a problem came as ${type}: ${answer.text}`)
  const problem: ProblemDocument = problemSchema.parse(answer.json)
  if (/\bat .*\.[jt]s:\d+/.test(answer.text)) throw new Error(`a stack trace leaked: ${answer.text}`)
  const contract = contractAt(method, path)
  if (!contract) return
  const codes: readonly string[] = problemCodesOf(contract)
  if (!codes.includes(problem.code)) throw new Error(`${contract.id} does not announce the problem ${problem.code}`)
}

/** The contract that a path belongs to; static paths come before those with parameters. */
export function contractAt(method: string, path: string): Contract | undefined {
  return allContracts.find((contract) => contract.method === method && patternOf(contract).test(path))
}

function patternOf(contract: Contract): RegExp {
  return new RegExp(`^${fullPathOf(contract).replace(/\{\w+\}/g, '[^/]+')}$`)
}
