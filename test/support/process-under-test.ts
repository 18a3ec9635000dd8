import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'

const started = new Set<ChildProcess>()

// A test that dies must not leave programs behind.
process.once('exit', () => {
  for (const child of started) child.kill('SIGKILL')
})

export interface ProcessOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Another account to run it as; only root may. */
  readonly uid?: number
  readonly gid?: number
}

export interface ProcessEnd {
  /** The exit code; null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A program that a test starts: its output is kept, and it never outlives the test. */
export class ProcessUnderTest {
  readonly name: string
  readonly ended: Promise<ProcessEnd>
  readonly #child: ChildProcess
  readonly #output: string[] = []
  #end: ProcessEnd | undefined
  #woken: (() => void)[] = []

  constructor(command: string, args: readonly string[], options: ProcessOptions = {}) {
    this.name = command
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    started.add(this.#child)
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.#keep(chunk.toString()))
    }
    this.ended = new Promise((resolve) => {
      this.#child.on('error', (error) => {
        this.#keep(error.message)
        this.#finish({ code: 127, signal: null }, resolve)
      })
      this.#child.on('close', (code, signal) => this.#finish({ code, signal }, resolve))
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Everything it has printed, stdout and stderr as they came. */
  get output(): string {
    return this.#output.join('')
  }

  get hasEnded(): boolean {
    return this.#end !== undefined
  }

  /** Resolves as soon as the output matches. @throws Error with the output when the program ends or time runs out first */
  async prints(pattern: RegExp, ms = 10_000): Promise<RegExpExecArray> {
    const untilMs = Date.now() + ms
    for (;;) {
      const found = pattern.exec(this.output)
      if (found) return found
      const leftMs = untilMs - Date.now()
      if (this.#end || leftMs <= 0) {
        throw new Error(
          `${this.name} ${this.#end ? 'ended' : 'runs'} without printing ${String(pattern)}:\n${this.output}`,
        )
      }
      await this.#nextOutput(leftMs)
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Asks it to end, insists after `patienceMs`, and waits until it has. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', patienceMs = 5_000): Promise<ProcessEnd> {
    this.#child.kill(signal)
    const insist = setTimeout(() => this.#child.kill('SIGKILL'), patienceMs)
    const end = await this.ended
    clearTimeout(insist)
    return end
  }

  #keep(text: string): void {
    this.#output.push(text)
    this.#wake()
  }

  #finish(end: ProcessEnd, resolve: (end: ProcessEnd) => void): void {
    started.delete(this.#child)
    this.#end = end
    resolve(end)
    this.#wake()
  }

  #wake(): void {
    const woken = this.#woken
    this.#woken = []
    for (const wake of woken) wake()
  }

  async #nextOutput(ms: number): Promise<void> {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), ms)
    await Promise.race([new Promise<void>((resolve) => this.#woken.push(resolve)), once(late.signal, 'abort')])
    clearTimeout(timer)
  }
}

const ticksPerSecond = 100

interface Usage {
  readonly parent: number
  readonly ms: number
}

function usageOf(pid: string): Usage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { parent: Number(fields[1]), ms: ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond }
  } catch {
    return undefined
  }
}

/** CPU time, user and system, of a process with its threads and its living descendants, in ms. In steps of 10. */
export function cpuMsOf(pid: number): number {
  const all = new Map<number, Usage>()
  for (const entry of readdirSync('/proc')) {
    const usage = /^\d+$/.test(entry) ? usageOf(entry) : undefined
    if (usage) all.set(Number(entry), usage)
  }
  const total = (of: number): number => {
    let sum = all.get(of)?.ms ?? 0
    for (const [child, usage] of all) if (usage.parent === of) sum += total(child)
    return sum
  }
  return total(pid)
}

/** Memory that the process itself holds, in bytes. */
export function residentBytesOf(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes ?? 0) * 1024
}
