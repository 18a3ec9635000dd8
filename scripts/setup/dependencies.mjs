import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { installDebianPackages, isDebian } from './debian-packages.mjs'
import { Complaint, hasProgram, isRoot, root, step } from './say.mjs'

const modules = path.join(root, 'node_modules')
const stampFile = path.join(modules, '.strowger-setup')

/** What compiled modules depend on besides their own version. */
const machine = JSON.stringify({ platform: process.platform, arch: process.arch, abi: process.versions.modules })

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** Whether node_modules holds each package in the locked version; npm notes there what it has installed. */
function isInstalled() {
  const wanted = readJson(path.join(root, 'package-lock.json'))?.packages
  const present = readJson(path.join(modules, '.package-lock.json'))?.packages
  if (!wanted) throw new Complaint('package-lock.json is missing or broken: is this a complete clone?')
  if (!present) return false
  return Object.entries(wanted).every(([place, { version, optional, devOptional }]) => {
    if (place === '') return true
    const found = present[place]
    return found ? found.version === version : optional || devOptional
  })
}

function npm(args) {
  const inside = process.env.npm_execpath
  if (inside?.endsWith('.js')) return [process.execPath, [inside, ...args]]
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm', args]
}

/** Native modules compile against the headers that came with this Node, when they did, instead of downloading them. */
function npmEnvironment() {
  const prefix = path.resolve(process.execPath, '../..')
  const hasHeaders = existsSync(path.join(prefix, 'include/node/node.h'))
  return hasHeaders ? { npm_config_nodedir: prefix, ...process.env } : process.env
}

async function ensureCompiler() {
  if ((await hasProgram('make')) && (await hasProgram('g++')) && (await hasProgram('python3'))) return
  const names = ['build-essential', 'python3']
  if (isDebian() && isRoot) return installDebianPackages(names, 'Installing a C++ compiler for native modules')
  const how = isDebian() ? `: apt-get install ${names.join(' ')}` : ''
  console.log(`Note: without make, g++ and python3 the native modules may not install${how}.`)
}

function npmStep(what, args) {
  const [command, all] = npm([...args, '--no-audit', '--no-fund'])
  return step(what, command, all, { env: npmEnvironment() })
}

/** Installs what package-lock.json names, if it is not there; compiles again for another Node or processor. */
export async function ensureDependencies() {
  const stamp = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : undefined
  const installed = isInstalled()
  if (installed && stamp === machine) return
  if (!installed) {
    await ensureCompiler()
    const isFirst = !existsSync(path.join(modules, '.package-lock.json'))
    if (isFirst)
      await npmStep('Installing dependencies; the first time compiles SQLite, which may take minutes', ['ci'])
    else await npmStep('Updating dependencies', ['install', '--no-save'])
  }
  if (stamp !== undefined && stamp !== machine) await npmStep('Compiling native modules for this Node.js', ['rebuild'])
  writeFileSync(stampFile, machine)
}
