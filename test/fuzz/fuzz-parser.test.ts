import process from 'node:process'
import { test } from 'tap'
import { fuzzParser } from './fuzz-parser.ts'
import { fuzzPlan } from './fuzz-plan.ts'

const { seconds, seed } = fuzzPlan()

void test(
  'no message breaks the parser, stops it, or makes its memory grow',
  { timeout: (seconds + 60) * 1000 },
  async (t) => {
    fuzzParser({ seconds: Math.min(1, seconds / 3), seed: 1 })
    const heapBefore = process.memoryUsage().heapUsed
    const report = fuzzParser({ seconds, seed })
    t.comment(
      `seed ${seed}: ${report.messages} messages, ${report.taken} taken, slowest ${report.slowestMs.toFixed(1)} ms`,
    )
    for (const { bytes, error } of report.failures)
      t.fail(`${error.message}: ${JSON.stringify(bytes.toString('latin1'))}`)
    t.ok(report.messages > 100)
    t.ok(report.taken > report.messages / 20, 'enough of them are good messages')
    t.ok(report.slowestMs < 10_000, 'no message holds the parser up; a busy machine may')
    t.ok(process.memoryUsage().heapUsed - heapBefore < 200 * 2 ** 20)
  },
)
