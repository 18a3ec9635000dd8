import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { repositoryRoot } from './exchange.ts'
import { freePort } from './free-port.ts'
import type { Peer } from './phone/sip-socket.ts'
import { ProcessUnderTest } from './process-under-test.ts'

export type SippScenario =
  'register' | 'caller' | 'caller-refused' | 'caller-cancel' | 'callee' | 'callee-busy' | 'callee-rings'

/** One line of what calls are made of: user name, password, and the number to dial. */
export interface SippLine {
  readonly username: string
  readonly password: string
  readonly dials?: string
}

export interface SippOptions {
  readonly scenario: SippScenario
  readonly server: Peer
  readonly domain: string
  readonly transport?: 'udp' | 'tcp'
  /** How many calls or registrations in all; callees take one more than anybody makes when left out. */
  readonly count?: number
  /** New ones per second. Default 10. */
  readonly perSecond?: number
  /** How many may run at once. */
  readonly atOnce?: number
  /** Taken in turn. */
  readonly lines?: readonly SippLine[]
  /** How long answered calls last, in ms. Default 100. */
  readonly talkMs?: number
  /** The status that `caller-refused` must get. */
  readonly status?: number
  /** The seconds that `register` asks for. Default 300. */
  readonly expiresS?: number
  readonly localPort?: number
  /** Runs SIPp on this processor core alone. */
  readonly core?: number
  readonly timeoutS?: number
}

export interface SippResult {
  readonly successful: number
  readonly failed: number
  /** Messages that came when the scenario did not expect them, and the like; '' when all went well. */
  readonly errors: string
}

/** A running SIPp: real SIP by scenario, with a count of what went well. */
export class Sipp {
  readonly address: Peer
  readonly #process: ProcessUnderTest
  readonly #folder: string

  private constructor(process: ProcessUnderTest, folder: string, address: Peer) {
    this.#process = process
    this.#folder = folder
    this.address = address
  }

  static async start(options: SippOptions): Promise<Sipp> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'strowger-sipp-'))
    const port = options.localPort ?? (await freePort())
    const address = { host: '127.0.0.1', port }
    const args = await argumentsFor(options, folder, address)
    const command = options.core === undefined ? args : ['taskset', '-c', String(options.core), ...args]
    const [program = '', ...rest] = command
    return new Sipp(new ProcessUnderTest(program, rest, { cwd: folder }), folder, address)
  }

  /** Runs a scenario to its end. */
  static async run(options: SippOptions): Promise<SippResult> {
    const sipp = await Sipp.start(options)
    return sipp.finished()
  }

  /** Waits until SIPp ends by itself, as callers do. */
  async finished(): Promise<SippResult> {
    await this.#process.ended
    return this.#result()
  }

  /** Ends SIPp now, as callees must be. */
  async stop(): Promise<SippResult> {
    // SIGUSR1 lets running calls end; a second signal would be needed to cut them.
    await this.#process.stop('SIGUSR1', 2_000)
    return this.#result()
  }

  #result(): SippResult {
    const counts = lastStatistics(path.join(this.#folder, 'statistics.csv'))
    const errors = readIfThere(path.join(this.#folder, 'errors.log'))
    rmSync(this.#folder, { recursive: true, force: true })
    if (!counts) throw new Error(`SIPp gave no statistics:\n${this.#process.output}\n${errors}`)
    return { ...counts, errors }
  }
}

async function argumentsFor(options: SippOptions, folder: string, address: Peer): Promise<string[]> {
  const { server, domain, talkMs = 100, perSecond = 10, expiresS = 300 } = options
  const scenario = path.join(folder, 'scenario.xml')
  writeFileSync(scenario, scenarioText(options))
  const values = { domain, expires: expiresS }
  const limits = [
    ...(options.count === undefined ? [] : ['-m', String(options.count)]),
    ...(options.atOnce === undefined ? [] : ['-l', String(options.atOnce)]),
  ]
  return [
    'sipp',
    `${server.host}:${server.port}`,
    ...['-sf', scenario, '-inf', writeLines(folder, options.lines ?? [])],
    ...['-i', address.host, '-p', String(address.port), '-t', options.transport === 'tcp' ? 't1' : 'u1'],
    ...['-mp', String(await freePort()), '-r', String(perSecond), '-d', String(talkMs), ...limits],
    ...['-timeout', `${options.timeoutS ?? 120}s`, '-timeout_error', '-nostdin'],
    ...['-trace_stat', '-stf', path.join(folder, 'statistics.csv'), '-fd', '1'],
    ...['-trace_err', '-error_file', path.join(folder, 'errors.log')],
    ...Object.entries(values).flatMap(([key, value]) => ['-key', key, String(value)]),
  ]
}

function scenarioText({ scenario, status }: SippOptions): string {
  const file = path.join(repositoryRoot(), 'test/fixtures/sipp', `${scenario}.xml`)
  return readFileSync(file, 'utf8').replaceAll('STATUS', String(status ?? 486))
}

function writeLines(folder: string, lines: readonly SippLine[]): string {
  const file = path.join(folder, 'lines.csv')
  // SIPp takes credentials only as a whole keyword.
  const credentials = (line: SippLine) => `[authentication username=${line.username} password=${line.password}]`
  const rows = lines.map((line) => `${line.username};${credentials(line)};${line.dials ?? ''};`)
  writeFileSync(file, `SEQUENTIAL\n${rows.length > 0 ? rows.join('\n') : 'nobody;none;0;'}\n`)
  return file
}

/** The totals in the last row of SIPp's statistics file. */
function lastStatistics(file: string): { successful: number; failed: number } | undefined {
  const [heading = '', ...rows] = readIfThere(file).trim().split('\n')
  const names = heading.split(';')
  const values = rows.at(-1)?.split(';')
  if (!values) return undefined
  const total = (name: string) => Number(values[names.indexOf(`${name}(C)`)])
  return { successful: total('SuccessfulCall'), failed: total('FailedCall') }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
