import { mkdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { asError } from '../../core/errors.ts'
import { repositoryRoot, type ExchangeOptions } from '../support/exchange.ts'
import { benchCall } from './bench-call.ts'
import { benchRegister } from './bench-register.ts'
import { benchRelay } from './bench-relay.ts'
import { moveToLoadCore, serverCore } from './cores.ts'
import { isWithinLimit, tableOf, type Measurement } from './measurement.ts'

const benches = { register: benchRegister, call: benchCall, relay: benchRelay } as const
type BenchName = keyof typeof benches

const resultsFolder = path.join(repositoryRoot(), 'bench-results')

const isBench = (name: string): name is BenchName => Object.hasOwn(benches, name)

const usage = `Usage: npm run bench -- register|call|relay [more of them] [--profile]
The server runs on one processor core, the load on another; values are the server's own CPU time, user and system.
Results are also written to bench-results/, with --profile also the server's processor profile.`

function serverOptions(withProfile: boolean): ExchangeOptions {
  const options = { core: serverCore, env: { STROWGER_LOG_LEVEL: 'warn' } }
  return withProfile ? { ...options, nodeArguments: ['--cpu-prof', `--cpu-prof-dir=${resultsFolder}`] } : options
}

function keep(name: BenchName, measurements: readonly Measurement[]): string {
  mkdirSync(resultsFolder, { recursive: true })
  const at = new Date().toISOString()
  const file = path.join(resultsFolder, `${name}-${at.replaceAll(':', '-')}.json`)
  const machine = {
    processor: os.cpus()[0]?.model,
    cores: os.cpus().length,
    node: process.version,
    system: os.version(),
  }
  writeFileSync(file, `${JSON.stringify({ bench: name, at, machine, measurements }, undefined, 2)}\n`)
  return path.relative(process.cwd(), file)
}

async function main(args: string[]): Promise<number> {
  const { values, positionals: names } = parseArgs({
    args,
    allowPositionals: true,
    options: { profile: { type: 'boolean' } },
  })
  const chosen = names.filter(isBench)
  if (chosen.length === 0 || chosen.length !== names.length) {
    console.error(usage)
    return 1
  }
  moveToLoadCore()
  let areAllWithin = true
  for (const name of chosen) {
    const measurements = await benches[name](serverOptions(values.profile ?? false))
    console.log(`\n${tableOf(measurements)}\n\nwritten to ${keep(name, measurements)}`)
    areAllWithin &&= measurements.every(isWithinLimit)
  }
  return areAllWithin ? 0 : 1
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (thrown: unknown) => {
    console.error(asError(thrown).stack)
    process.exitCode = 1
  },
)
