import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  symlinkSync,
} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { Complaint, root, run, startProgress } from './say.mjs'

const dist = path.join(root, 'dist')
const stampFile = path.join(dist, '.built')
const compiler = path.join(root, 'node_modules/typescript/bin/tsc')
const configuration = path.join(root, 'tsconfig.json')

/** Files below `folder` for which `wanted` holds, as paths from the root. */
function filesBelow(folder, wanted) {
  if (!existsSync(path.join(root, folder))) return []
  return readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && wanted(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort()
}

function sources() {
  const { include } = JSON.parse(readFileSync(configuration, 'utf8'))
  return include.flatMap((folder) => filesBelow(folder, (name) => name.endsWith('.ts')))
}

/** What the build was made from: changes whenever a source does. */
function fingerprint(files) {
  const lines = ['tsconfig.json', 'package-lock.json', ...files].map((file) => {
    const { mtimeMs, size } = statSync(path.join(root, file))
    return `${file} ${mtimeMs} ${size}`
  })
  return lines.join('\n')
}

/** Output whose source is gone would still be run by the tests. */
function removeStale(files) {
  const known = new Set(files.map((file) => file.replace(/\.ts$/, '')))
  const outputs = filesBelow('dist', (name) => /\.(js|js\.map|d\.ts)$/.test(name))
  for (const output of outputs) {
    const source = path.relative('dist', output).replace(/\.(js|js\.map|d\.ts)$/, '')
    if (!known.has(source)) rmSync(path.join(root, output))
  }
}

/** Makes `npx strowger` work in the clone, as npm does for packages that are installed. */
function linkCommand() {
  const command = path.join(dist, 'app/cli.js')
  const link = path.join(root, 'node_modules/.bin/strowger')
  if (!existsSync(command)) return
  chmodSync(command, 0o755)
  rmSync(link, { force: true })
  symlinkSync(path.relative(path.dirname(link), command), link)
}

/**
 * Compiles into dist what has changed since the last build.
 * @returns the compiler's complaints, '' when there are none
 */
export async function build() {
  const files = sources()
  const current = fingerprint(files)
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === current) return ''
  const isFirst = !existsSync(stampFile)
  // Without a finished build the compiler's own notes about what it has written cannot be trusted.
  if (isFirst) rmSync(path.join(dist, '.tsbuildinfo'), { force: true })
  const done = startProgress(isFirst ? 'Building' : 'Building what has changed')
  rmSync(stampFile, { force: true })
  const { code, output } = await run(process.execPath, [compiler, '-p', configuration])
  mkdirSync(dist, { recursive: true })
  removeStale(files)
  linkCommand()
  writeFileSync(stampFile, code === 0 ? current : 'failed')
  done(code === 0 ? 'done' : 'failed')
  return code === 0 ? '' : output
}

/** @throws Complaint when the sources do not compile. */
export async function ensureBuild() {
  // An image may carry the output alone.
  if (!existsSync(configuration) || !existsSync(compiler)) return
  const complaints = await build()
  if (complaints) throw new Complaint(complaints)
}
