import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { freePort } from './free-port.ts'
import { ProcessUnderTest, type ProcessOptions } from './process-under-test.ts'

const versionsFolder = '/usr/lib/postgresql'
const startAttempts = 3

interface Account {
  readonly uid: number
  readonly gid: number
}

/** Debian's PostgreSQL on a temporary directory and a loopback port, made for one test file. */
export class Postgres {
  readonly port: number
  readonly #start: () => ProcessUnderTest
  readonly #folder: string
  #process: ProcessUnderTest
  #databases = 0

  private constructor(folder: string, port: number, start: () => ProcessUnderTest) {
    this.port = port
    this.#folder = folder
    this.#start = start
    this.#process = start()
  }

  /** @throws Error when PostgreSQL is not installed or does not start */
  static async start(): Promise<Postgres> {
    const programs = programsFolder()
    const folder = mkdtempSync(path.join(os.tmpdir(), 'strowger-postgres-'))
    const options = processOptions(folder)
    try {
      await initialise(programs, folder, options)
      return await Postgres.#serve(programs, folder, options)
    } catch (thrown) {
      rmSync(folder, { recursive: true, force: true })
      throw thrown
    }
  }

  static async #serve(programs: string, folder: string, options: ProcessOptions): Promise<Postgres> {
    for (let attempt = 1; ; attempt += 1) {
      const port = await freePort()
      const start = () => new ProcessUnderTest(path.join(programs, 'postgres'), serverArguments(folder, port), options)
      const server = new Postgres(folder, port, start)
      try {
        await server.#becomesReady()
        return server
      } catch (thrown) {
        await server.#process.stop('SIGINT')
        // Somebody else may have taken the port in between.
        if (attempt === startAttempts || !/could not bind/.test(server.#process.output)) throw thrown
      }
    }
  }

  /** Makes an empty database and returns its URL. */
  async createDatabase(): Promise<string> {
    this.#databases += 1
    const name = `test_${this.#databases}`
    const client = new Client({ connectionString: this.#url('postgres') })
    await client.connect()
    try {
      await client.query(`create database ${name}`)
    } finally {
      await client.end()
    }
    return this.#url(name)
  }

  /** Ends it as a crash would: connections break off in the middle. Its data stays for `restart`. */
  async crash(): Promise<void> {
    await this.#process.stop('SIGQUIT')
  }

  /** Starts it again after a crash, on the same port. */
  async restart(): Promise<void> {
    this.#process = this.#start()
    await this.#becomesReady()
  }

  async stop(): Promise<void> {
    await this.#process.stop('SIGINT', 10_000)
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #becomesReady(): Promise<void> {
    await this.#process.prints(/ready to accept connections/, 30_000)
  }

  #url(database: string): string {
    return `postgres://strowger:secret@127.0.0.1:${this.port}/${database}`
  }
}

function programsFolder(): string {
  const versions = existsSync(versionsFolder) ? readdirSync(versionsFolder) : []
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0]
  const folder = path.join(versionsFolder, newest ?? '', 'bin')
  if (newest === undefined || !existsSync(path.join(folder, 'initdb'))) {
    throw new Error('PostgreSQL is not installed: apt-get install postgresql')
  }
  return folder
}

/** Sorted by the rules of English, as on an ordinary server, so that tests see where the order of bytes is relied on. */
async function initialise(programs: string, folder: string, options: ProcessOptions): Promise<void> {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en-US']
  const args = ['-D', path.join(folder, 'data'), '-U', 'strowger', '--auth=trust', '--no-sync', ...locale]
  const initdb = new ProcessUnderTest(path.join(programs, 'initdb'), args, options)
  const { code } = await initdb.ended
  if (code !== 0) throw new Error(`initdb failed:\n${initdb.output}`)
}

function serverArguments(folder: string, port: number): string[] {
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    `unix_socket_directories=${folder}`,
    'fsync=off',
    'full_page_writes=off',
    'shared_buffers=16MB',
    'max_connections=60',
  ]
  return ['-D', path.join(folder, 'data'), ...settings.flatMap((setting) => ['-c', setting])]
}

/** PostgreSQL refuses to run as root: then it gets an account of its own. */
function processOptions(folder: string): ProcessOptions {
  if (process.getuid?.() !== 0) return { cwd: folder }
  const account = accountOf('postgres') ?? accountOf('nobody')
  if (!account) throw new Error('PostgreSQL needs an account that is not root: there is neither postgres nor nobody')
  chownSync(folder, account.uid, account.gid)
  return { cwd: folder, ...account }
}

function accountOf(name: string): Account | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) }
}
