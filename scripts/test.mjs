/**
 * Runs every check: style, types, then all suites in dist. The last line is `N passed, N failed`, counted in test points.
 *
 *   npm test                      everything
 *   npm test -- sip/edge calls    only the suites whose path holds one of these words
 */
import os from 'node:os'
import process from 'node:process'
import { checkSources } from './test/check-sources.mjs'
import { findSuites } from './test/find-suites.mjs'
import { Report } from './test/report.mjs'
import { runSuite, stopAllSuites } from './test/run-suite.mjs'

/** Takes suites off the list until it is empty, `width` at a time. */
async function runAll(suites, width, report) {
  const left = [...suites]
  const worker = async () => {
    for (let suite = left.shift(); suite; suite = left.shift()) report.suite(await runSuite(suite))
  }
  await Promise.all(Array.from({ length: width }, worker))
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    stopAllSuites()
    process.exit(1)
  })
}

const words = process.argv.slice(2)
const report = new Report()
for (const check of await checkSources({ withStyle: words.length === 0 })) report.check(check)
const suites = findSuites(words)
await runAll(
  suites.filter((suite) => !suite.isAlone),
  Math.min(4, Math.max(2, os.availableParallelism())),
  report,
)
await runAll(
  suites.filter((suite) => suite.isAlone),
  1,
  report,
)
process.exitCode = report.finish()
