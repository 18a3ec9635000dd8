import process from 'node:process'
import path from 'node:path'
import { build } from '../setup/build.mjs'
import { root, run } from '../setup/say.mjs'

const tool = (file) => path.join(root, 'node_modules', file)

async function complaintsOf(args) {
  const { code, output } = await run(process.execPath, args)
  return code === 0 ? '' : output
}

/**
 * Types (by building), lint and formatting.
 * @returns one `{ name, complaints }` per check; complaints are '' when it holds
 */
export async function checkSources({ withStyle }) {
  const types = { name: 'types', complaints: await build() }
  if (!withStyle) return [types]
  const [lint, format] = await Promise.all([
    complaintsOf([tool('eslint/bin/eslint.js'), '--max-warnings=0', '.']),
    complaintsOf([tool('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.']),
  ])
  return [types, { name: 'lint', complaints: lint }, { name: 'format', complaints: format }]
}
