import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiClient } from './api-client.ts'
import { freePort } from './free-port.ts'
import type { Peer } from './phone/sip-socket.ts'
import { cpuMsOf, ProcessUnderTest, residentBytesOf } from './process-under-test.ts'

/** The repository's root, from the sources as from the compiled output. */
export function repositoryRoot(): string {
  let folder = import.meta.dirname
  while (!existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder)
  return folder
}

export const adminPassword = 'correct horse battery staple'

export interface ExchangeOptions {
  /** An existing directory to use; it is kept at the end. Default: a new one, removed at the end. */
  readonly dataDir?: string
  /** More or other settings, as `STROWGER_LOG_LEVEL`. */
  readonly env?: Readonly<Record<string, string>>
  /** Runs the server on this processor core alone. */
  readonly core?: number
  /** More arguments for Node itself, as `--cpu-prof`. */
  readonly nodeArguments?: readonly string[]
}

/** For a look at any test's server: STROWGER_TEST_NODE_FLAGS='--cpu-prof --cpu-prof-dir=/tmp/profile'. */
function flagsOfEnvironment(): readonly string[] {
  return process.env['STROWGER_TEST_NODE_FLAGS']?.split(' ') ?? []
}

/** Starts the built program as an operator does, and gives the process whatever becomes of it. */
export function launch(
  env: Readonly<Record<string, string>>,
  { core, nodeArguments = flagsOfEnvironment() }: Pick<ExchangeOptions, 'core' | 'nodeArguments'> = {},
): ProcessUnderTest {
  const server = [path.join(repositoryRoot(), 'dist/app/cli.js'), 'start']
  const command = [process.execPath, '--enable-source-maps', ...nodeArguments, ...server]
  const [program = '', ...args] = core === undefined ? command : ['taskset', '-c', String(core), ...command]
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('STROWGER_')))
  // Outside of the repository, so that no strowger.yaml of the developer's is found.
  return new ProcessUnderTest(program, args, { env: { ...inherited, ...env }, cwd: os.tmpdir() })
}

/** A real exchange in a process of its own, on loopback ports that were free and a temporary data directory. */
export class Exchange {
  readonly dataDir: string
  readonly sip: Peer
  readonly domain = 'office.test'
  readonly api: ApiClient
  readonly env: Readonly<Record<string, string>>
  readonly #options: ExchangeOptions
  #process: ProcessUnderTest

  private constructor(options: ExchangeOptions, dataDir: string, ports: { sip: number; http: number }) {
    this.#options = options
    this.dataDir = dataDir
    this.sip = { host: '127.0.0.1', port: ports.sip }
    this.api = new ApiClient(`http://127.0.0.1:${ports.http}`)
    this.env = {
      STROWGER_DATA_DIR: dataDir,
      STROWGER_HTTP_HOST: '127.0.0.1',
      STROWGER_HTTP_PORT: String(ports.http),
      STROWGER_SIP_LISTEN: `udp:127.0.0.1:${ports.sip},tcp:127.0.0.1:${ports.sip}`,
      STROWGER_SIP_DOMAIN: this.domain,
      STROWGER_MEDIA_PORTS: '20000-29999',
      STROWGER_ADMIN_PASSWORD: adminPassword,
      ...options.env,
    }
    this.#process = launch(this.env, options)
  }

  /** Starts one, waits until it is ready, and logs in as its administrator. */
  static async start(options: ExchangeOptions = {}): Promise<Exchange> {
    const dataDir = options.dataDir ?? mkdtempSync(path.join(os.tmpdir(), 'strowger-data-'))
    const exchange = new Exchange(options, dataDir, { sip: await freePort(), http: await freePort() })
    try {
      await exchange.#becomesReady()
      await exchange.api.logIn('admin', adminPassword)
      return exchange
    } catch (thrown) {
      await exchange.stop()
      throw thrown
    }
  }

  get pid(): number {
    return this.#process.pid
  }

  /** What the server has printed since its last start. */
  get output(): string {
    return this.#process.output
  }

  get hasEnded(): boolean {
    return this.#process.hasEnded
  }

  /** CPU time of the server with all its threads and children, in ms, in steps of 10. */
  cpuMs(): number {
    return cpuMsOf(this.pid)
  }

  residentBytes(): number {
    return residentBytesOf(this.pid)
  }

  /** A value of `/metrics`, summed over its labels. */
  async metric(name: string): Promise<number> {
    const { body } = await this.api.call<string>('GET', '/metrics')
    const lines = body.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
  }

  /** Ends the process without any chance to tidy up. */
  async kill(): Promise<void> {
    await this.#process.stop('SIGKILL')
  }

  /** Starts it again on the same directory and ports. */
  async startAgain(): Promise<void> {
    if (!this.hasEnded) await this.#process.stop()
    this.#process = launch(this.env, this.#options)
    await this.#becomesReady()
  }

  /** Ends it as an operator does. Resolves with the exit code. */
  async stop({ keepsData = this.#options.dataDir !== undefined } = {}): Promise<number | null> {
    const { code } = await this.#process.stop('SIGTERM', 10_000)
    if (!keepsData) rmSync(this.dataDir, { recursive: true, force: true })
    return code
  }

  async #becomesReady(): Promise<void> {
    const untilMs = Date.now() + 30_000
    while (Date.now() < untilMs && !this.hasEnded) {
      const status = await this.api.call('GET', '/readyz').then(
        (answer) => answer.status,
        () => 0,
      )
      if (status === 200) return
      await sleep(25)
    }
    throw new Error(`the exchange ${this.hasEnded ? 'ended' : 'did not get ready'}:\n${this.output}`)
  }
}
