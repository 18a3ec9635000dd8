import { spawn } from 'node:child_process'
import process from 'node:process'
import { Parser } from 'tap-parser'
import { root } from '../setup/say.mjs'
import { endGroup, survivorsOf } from './process-group.mjs'

/** How long a suite may take to report its own time-out before it is ended. */
const graceMs = 5_000

/** How long the programs a suite has started may take to end after it. */
const leavingMs = 1_000

const running = new Set()

export function stopAllSuites() {
  for (const pid of running) endGroup(pid)
}

/** Counts test points, also those of nested tests, and keeps the failed ones. */
function countPoints(parser, counts) {
  let wasEmpty = false
  parser.on('child', (child) => {
    countPoints(child, counts)
    child.on('complete', (results) => (wasEmpty = results.count === 0))
  })
  parser.on('assert', (point) => {
    // A nested test stands once more in its parent, as the sum of what was counted inside, if anything was.
    const isSum = point.closingTestPoint && (point.ok ? !wasEmpty : counts.failures.length > 0)
    if (isSum) return
    if (point.ok) counts.passed += 1
    else counts.failures.push({ name: point.fullname || point.name, diagnosis: point.diag })
  })
}

/**
 * Runs one compiled test file to its end, in a process group of its own, so that whatever it started ends with it.
 * @returns `{ source, passed, failures, problem, errors, ms }`: `problem` says what was wrong with the run as a whole
 */
export async function runSuite({ file, source, limitMs }) {
  const startedAt = Date.now()
  const child = spawn(process.execPath, ['--enable-source-maps', file], {
    cwd: root,
    env: { ...process.env, TAP_TIMEOUT: String(limitMs / 1000) },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child.pid)
  const counts = { passed: 0, failures: [] }
  const parser = new Parser()
  countPoints(parser, counts)
  child.stdout.on('data', (chunk) => parser.write(chunk))
  const errors = []
  child.stderr.on('data', (chunk) => errors.push(chunk))
  const ending = await endOf(child, limitMs)
  running.delete(child.pid)
  parser.end()
  const problem = problemOf({ ...ending, limitMs, counts, isComplete: parser.results?.ok === true })
  return { source, ...counts, problem, errors: Buffer.concat(errors).toString(), ms: Date.now() - startedAt }
}

/** Waits for the exit, within the limit, then ends what the suite has left behind. */
function endOf(child, limitMs) {
  return new Promise((resolve) => {
    let isLate = false
    const limit = setTimeout(() => {
      isLate = true
      endGroup(child.pid)
    }, limitMs + graceMs)
    let survivors = []
    child.on('exit', async () => {
      clearTimeout(limit)
      survivors = await survivorsOf(child.pid, leavingMs)
      endGroup(child.pid)
    })
    child.on('close', (code, signal) => resolve({ code, signal, isLate, survivors }))
  })
}

function problemOf({ code, signal, isLate, survivors, limitMs, counts, isComplete }) {
  if (isLate) return `not finished after ${limitMs / 1000} s`
  if (signal) return `ended by ${signal}`
  if (counts.failures.length > 0) return undefined
  if (survivors.length > 0) return `left processes behind: ${survivors.join(', ')}`
  if (code !== 0) return `ended with code ${code}`
  if (counts.passed === 0) return 'ran no test'
  return isComplete ? undefined : 'its output is not complete'
}
