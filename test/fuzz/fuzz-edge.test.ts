import { test } from 'tap'
import { fuzzEdge } from './fuzz-edge.ts'
import { fuzzPlan } from './fuzz-plan.ts'

const { seconds, seed } = fuzzPlan()

void test(
  'whatever phones and applications do, nothing breaks and nothing is left over',
  { timeout: (seconds + 60) * 1000 },
  async (t) => {
    const report = await fuzzEdge({ seconds, seed })
    t.comment(`seed ${report.seed}: ${report.rounds} lives, ${report.steps} steps`)
    for (const failure of report.failures) t.fail(failure)
    t.ok(report.rounds > 0)
  },
)
