import { spawn } from 'node:child_process'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

/** The repository's root folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

/** Something the person at the keyboard has to know or do; its message is all they see. */
export class Complaint extends Error {}

/** Shows that a long step is alive: a running clock on a terminal, a line now and then elsewhere. */
export function startProgress(what) {
  const startedAt = Date.now()
  const seconds = () => `${Math.round((Date.now() - startedAt) / 1000)} s`
  const onTerminal = process.stdout.isTTY
  process.stdout.write(onTerminal ? `${what} …` : `${what} …\n`)
  const timer = setInterval(
    () => process.stdout.write(onTerminal ? `\r${what} … ${seconds()}` : `${what} … ${seconds()} so far\n`),
    onTerminal ? 1_000 : 20_000,
  )
  return (outcome) => {
    clearInterval(timer)
    process.stdout.write(`${onTerminal ? '\r' : ''}${what}: ${outcome} (${seconds()})\n`)
  }
}

/** Runs a command with its output kept. Resolves with the exit code and what it printed. */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options })
    const chunks = []
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.stderr.on('data', (chunk) => chunks.push(chunk))
    child.on('error', (error) => resolve({ code: 127, output: error.message }))
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }))
  })
}

/** Tools say what is wrong in their first or their last lines. */
function shortened(output) {
  const lines = output.split('\n')
  return lines.length <= 80 ? output : [...lines.slice(0, 30), '…', ...lines.slice(-50)].join('\n')
}

/** Runs one step with progress. @throws Complaint with the command's last lines when it fails. */
export async function step(what, command, args, options = {}) {
  const done = startProgress(what)
  const { code, output } = await run(command, args, options)
  done(code === 0 ? 'done' : 'failed')
  if (code === 0) return
  throw new Complaint(
    `${shortened(output.trimEnd())}\n\n${what}: '${[path.basename(command), ...args].join(' ')}' ended with code ${code}.`,
  )
}

/** Whether a program of that name is on the PATH. */
export async function hasProgram(name) {
  return (await run('sh', ['-c', `command -v ${name}`])).code === 0
}

export const isRoot = process.getuid?.() === 0
