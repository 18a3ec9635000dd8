import process from 'node:process'
import { test } from 'tap'
import { fuzzEdge } from './fuzz-edge.ts'

/** CI runs this for a minute, a developer's `npm test` for three seconds. */
const seconds = Number(process.env['STROWGER_FUZZ_SECONDS'] ?? (process.env['CI'] ? 60 : 3))

void test(
  'whatever phones and applications do, nothing breaks and nothing is left over',
  { timeout: (seconds + 60) * 1000 },
  async (t) => {
    const report = await fuzzEdge({ seconds, seed: Date.now() % 2 ** 31 })
    t.comment(`seed ${report.seed}: ${report.rounds} lives, ${report.steps} steps`)
    for (const failure of report.failures) t.fail(failure)
    t.ok(report.rounds > 0)
  },
)
