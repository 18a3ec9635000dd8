import process from 'node:process'
import { fuzzParser } from './fuzz-parser.ts'

/** `node dist/test/fuzz/fuzz.js [seconds] [seed]`: runs the parser's fuzz target and prints what broke. */
function main(): void {
  const seconds = Number(process.argv[2] ?? 60)
  const seed = Number(process.argv[3] ?? Date.now() % 2 ** 32)
  const report = fuzzParser({ seconds, seed })
  const { messages, taken, slowestMs, failures } = report
  const heapMiB = process.memoryUsage().heapUsed / 2 ** 20
  process.stdout.write(
    `seed ${seed}: ${messages} messages, ${taken} taken, slowest ${slowestMs.toFixed(1)} ms, heap ${heapMiB.toFixed(0)} MiB\n`,
  )
  for (const { bytes, error } of failures) {
    process.stdout.write(`\n${error.stack ?? error.message}\n${JSON.stringify(bytes.toString('latin1'))}\n`)
  }
  process.exitCode = failures.length === 0 ? 0 : 1
}

main()
