import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../setup/say.mjs'

const unitLimitS = 120
const wireLimitS = 300

/** A suite that needs longer says so in a comment of its own: `// time limit: 600 s`. */
function timeLimitOf(source, isAlone) {
  const stated = /^\/\/ time limit: (\d+) s$/m.exec(readFileSync(path.join(root, source), 'utf8'))?.[1]
  return (stated ? Number(stated) : isAlone ? wireLimitS : unitLimitS) * 1000
}

/**
 * The compiled test files. Those below test/ use real sockets, clocks and load: they run one at a time.
 * @param words  keep only the suites whose path holds one of these; none keeps all
 */
export function findSuites(words) {
  return readdirSync(path.join(root, 'dist'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.js'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .map((file) => ({ file, source: path.relative('dist', file).replace(/\.js$/, '.ts') }))
    .filter(({ source }) => existsSync(path.join(root, source)))
    .filter(({ source }) => words.length === 0 || words.some((word) => source.includes(word)))
    .sort((a, b) => a.source.localeCompare(b.source))
    .map(({ file, source }) => {
      const isAlone = source.startsWith('test/')
      return { file, source, isAlone, limitMs: timeLimitOf(source, isAlone) }
    })
}
